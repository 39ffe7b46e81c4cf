// The time types that all values share: when a line was written, and the minute it is counted in.
#pragma once

#include <chrono>

namespace parseflow {

/// Microseconds since the Unix epoch, UTC: the finest resolution that Heroku writes.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// The start of a minute, UTC. Lines are counted in the minute of their own timestamp, not of their arrival.
using minute = std::chrono::sys_time<std::chrono::minutes>;

/// The minute that holds `at`.
inline minute minute_of(timestamp at) {
  return std::chrono::floor<std::chrono::minutes>(at);
}

} // namespace parseflow
