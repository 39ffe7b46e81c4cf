// Waits for what other threads or programs bring about.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace parseflow {

/// True as soon as `condition` returns true; false if it does not within `limit`.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds limit = std::chrono::seconds{30}) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5}); // between two looks at the condition
  }
  return true;
}

} // namespace parseflow
