// Waits for what other threads or processes bring about.
#pragma once

#include <chrono>
#include <thread>

namespace parseflow::test {

/// True as soon as `holds` returns true; false after ten seconds.
template <class Condition>
bool eventually(Condition holds) {
  using namespace std::chrono_literals;
  for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
    if (holds())
      return true;
    std::this_thread::sleep_for(5ms); // between two looks at the condition
  }
  return false;
}

} // namespace parseflow::test
