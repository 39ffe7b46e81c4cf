#include "http/body_budget.hpp"

namespace parseflow::http {

body_budget::share body_budget::take(std::uint64_t bytes, std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  if (!freed_.wait_for(lock, patience, [&] { return free_ >= bytes; }))
    return {};
  free_ -= bytes;
  return {*this, bytes};
}

void body_budget::give_back(std::uint64_t bytes) {
  {
    const std::lock_guard guard{mutex_};
    free_ += bytes;
  }
  freed_.notify_all();
}

} // namespace parseflow::http
