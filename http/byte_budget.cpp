// Taking from a shared number of bytes, and giving back.
#include "http/byte_budget.hpp"

namespace parseflow::http {

byte_budget::share byte_budget::take(std::uint64_t bytes, std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock{mutex_};
  const auto has_room = [&] { return used_ == 0 || (used_ <= capacity_ && bytes <= capacity_ - used_); };
  if (!freed_.wait_until(lock, deadline, has_room))
    return {nullptr, 0};
  used_ += bytes;
  return {this, bytes};
}

std::uint64_t byte_budget::used() const {
  const std::lock_guard guard{mutex_};
  return used_;
}

void byte_budget::give_back(std::uint64_t bytes) {
  {
    const std::lock_guard guard{mutex_};
    used_ -= bytes;
  }
  freed_.notify_all();
}

} // namespace parseflow::http
