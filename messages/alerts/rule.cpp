#include "messages/alerts/rule.hpp"

namespace parseflow::alerts {

// Heroku writes R14 every 20 seconds for each dyno. One or two timeouts are no burst. A crash is one line.
const std::string_view default_rules = R"(high_error_rate: failure_rate > 5 over 5m min_requests 20 critical;
slow_response: p95_ms > 1000 over 5m min_requests 20 warning;
request_timeouts: code:H12 >= 5 over 5m critical;
closed_connections: code:H13 >= 5 over 5m critical;
memory_quota_exceeded: code:R14 >= 5 over 5m warning;
memory_quota_vastly_exceeded: code:R15 > 0 over 5m critical;
dyno_crash: dyno_crashes > 0 over 10m critical;
silent_drain: silent_minutes >= 30 warning;
lines_lost_by_sender: dropped_by_sender > 0 over 5m warning;
database_away: database_away_minutes >= 2 critical;
database_lag: database_lag_lines > 1000000 for 5m warning)";

std::string_view to_string(comparison how) {
  switch (how) {
  case comparison::above:
    return ">";
  case comparison::at_least:
    return ">=";
  case comparison::below:
    return "<";
  case comparison::at_most:
    return "<=";
  }
  return "";
}

bool bound::holds(double value) const {
  switch (how) {
  case comparison::above:
    return value > limit;
  case comparison::at_least:
    return value >= limit;
  case comparison::below:
    return value < limit;
  case comparison::at_most:
    return value <= limit;
  }
  return false;
}

} // namespace parseflow::alerts
