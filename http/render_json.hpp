// `GET /metrics` as JSON (design section 4).
#pragma once

#include <string>

#include "messages/query.hpp"

namespace parseflow::http {

/// Everything that one answer shows.
struct metrics_view {
  const metrics_snapshot& metrics;
  const receiver_status& receiver;
  const writer_status& writer;
};

/// The answer's text. Durations of the first group are integer nanoseconds, rates are percentages.
std::string render_json(const metrics_view& view);

/// RFC 3339 with microseconds, UTC.
std::string render_time(timestamp at);

} // namespace parseflow::http
