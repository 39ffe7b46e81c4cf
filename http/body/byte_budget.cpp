#include "http/body/byte_budget.hpp"

namespace parseflow::http {

bool byte_budget::share::grow_to(std::uint64_t bytes) {
  if (bytes <= bytes_)
    return true;
  auto used = owner_.used_.load();
  do {
    const auto others = used - bytes_;
    if (others > 0 && (others > owner_.capacity_ || bytes > owner_.capacity_ - others))
      return false;
  } while (!owner_.used_.compare_exchange_weak(used, used - bytes_ + bytes));
  bytes_ = bytes;
  return true;
}

void byte_budget::share::shrink_to(std::uint64_t bytes) {
  if (bytes >= bytes_)
    return;
  owner_.used_ -= bytes_ - bytes;
  bytes_ = bytes;
}

} // namespace parseflow::http
