// The time of day. Pure code gets the time as an argument and does not include this.
#pragma once

#include "messages/time.hpp"

namespace parseflow {

/// Now, by the system's clock. Durations are not measured by it, because it may be set.
inline timestamp system_time() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

} // namespace parseflow
