#include "http/access/byte_budget.hpp"

namespace parseflow::http {

bool byte_budget::share::grow_to(std::uint64_t bytes, std::chrono::steady_clock::time_point deadline) {
  if (bytes <= bytes_)
    return true;
  std::unique_lock lock{owner_.mutex_};
  const auto has_room = [&] {
    const auto others = owner_.used_ - bytes_;
    return others == 0 || (others <= owner_.capacity_ && bytes <= owner_.capacity_ - others);
  };
  if (!owner_.freed_.wait_until(lock, deadline, has_room))
    return false;
  owner_.used_ += bytes - bytes_;
  bytes_ = bytes;
  return true;
}

void byte_budget::share::shrink_to(std::uint64_t bytes) {
  if (bytes >= bytes_)
    return;
  {
    const std::lock_guard guard{owner_.mutex_};
    owner_.used_ -= bytes_ - bytes;
    bytes_ = bytes;
  }
  owner_.freed_.notify_all();
}

std::uint64_t byte_budget::used() const {
  const std::lock_guard guard{mutex_};
  return used_;
}

} // namespace parseflow::http
