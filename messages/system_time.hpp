// The time of day. The pure parts are given it as a value: they do not include this.
#pragma once

#include "messages/time.hpp"

namespace parseflow {

/// Now, by the system's clock: it may be set, so spans are not measured by it.
inline timestamp system_time() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

} // namespace parseflow
