// Where spans of a given length begin.
#pragma once

#include <chrono>

#include "messages/time.hpp"

namespace parseflow::rollup {

/// The start of the span of `length` that holds `at`: spans start at multiples of their length, UTC.
inline minute span_start(minute at, std::chrono::minutes length) {
  const auto since = at.time_since_epoch();
  return minute(since - ((since % length) + length) % length);
}

} // namespace parseflow::rollup
