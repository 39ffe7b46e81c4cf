#include "http/body/byte_budget.hpp"

namespace parseflow::http {

namespace {

// With more tenants than these, those that hold nothing are forgotten.
constexpr std::size_t max_idle_tenants = 1000;

} // namespace

bool byte_budget::share::fits(std::uint64_t bytes, std::uint64_t others) const {
  if (others == 0)
    return true;
  if (others > owner_.capacity_ || bytes > owner_.capacity_ - others)
    return false;
  const auto is_free = owner_.capacity_ - others - bytes;
  return whose_ == nullptr || whose_->used_ - bytes_ + bytes <= is_free;
}

bool byte_budget::share::grow_to(std::uint64_t bytes) {
  if (bytes <= bytes_)
    return true;
  auto used = owner_.used_.load();
  do {
    if (!fits(bytes, used - bytes_))
      return false;
  } while (!owner_.used_.compare_exchange_weak(used, used - bytes_ + bytes));
  if (whose_)
    whose_->used_ += bytes - bytes_;
  bytes_ = bytes;
  return true;
}

void byte_budget::share::shrink_to(std::uint64_t bytes) {
  if (bytes >= bytes_)
    return;
  owner_.used_ -= bytes_ - bytes;
  if (whose_)
    whose_->used_ -= bytes_ - bytes;
  bytes_ = bytes;
}

std::shared_ptr<byte_budget::tenant> byte_budget::tenant_of(std::string_view name) {
  const std::lock_guard guard{mutex_};
  if (const auto found = tenants_.find(name); found != tenants_.end())
    return found->second;
  if (tenants_.size() >= max_idle_tenants)
    std::erase_if(tenants_, [](const auto& one) { return one.second.use_count() == 1; });
  return tenants_.emplace(name, std::make_shared<tenant>()).first->second;
}

} // namespace parseflow::http
