#include "messages/alerts/measure.hpp"

#include <algorithm>

#include "messages/alerts/metric.hpp"
#include "messages/rollup/metric_value.hpp"

namespace parseflow::alerts {

namespace {

// After this long an app counts as gone, not as silent.
constexpr std::chrono::hours longest_silence{24};

double minutes_between(timestamp from, timestamp to) {
  return static_cast<double>(std::chrono::floor<std::chrono::minutes>(to - std::min(from, to)).count());
}

} // namespace

measured app_measure::of(const rule& judged) {
  if (judged.metric == silent_minutes)
    return silence(judged);
  const auto& sum = sum_over(window_of(judged));
  measured result;
  result.requests = sum.requests;
  result.can_raise = sum.requests >= judged.min_requests;
  if (const std::string_view metric = judged.metric; metric.starts_with(code_prefix)) {
    const auto found = sum.error_codes.find(metric.substr(code_prefix.size()));
    result.value = found == sum.error_codes.end() ? 0 : static_cast<double>(found->second);
  } else {
    result.value = rollup::metric_value(metric, sum, judged.window);
  }
  return result;
}

measured app_measure::silence(const rule& judged) const {
  if (now_ - app_.heard > longest_silence)
    return {};
  // A process that was down could hear no app: it raises an alert only if it has itself listened for as long.
  return {minutes_between(app_.heard, now_), judged.trigger.holds(minutes_between(listening_since_, now_)),
          0};
}

const rollup::span_rollup& app_measure::sum_over(watched_window window) {
  const auto found = sums_.find(window);
  return found != sums_.end() ? found->second : sums_.emplace(window, app_.sum_over(window)).first->second;
}

measured measure(const rule& judged, const watched_database& database, timestamp now) {
  if (judged.metric == database_lag_lines)
    return {static_cast<double>(database.lag_lines), true, 0};
  return {database.away_since ? minutes_between(*database.away_since, now) : 0, true, 0};
}

} // namespace parseflow::alerts
