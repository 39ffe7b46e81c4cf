#include "http/connections/address_counts.hpp"

#include <string>

#include "messages/service_log.hpp"

namespace parseflow::http {

bool address_counts::enter(const ip_address& from) {
  if (most_ == 0)
    return true;
  const std::lock_guard guard{mutex_};
  auto& count = counts_[from.client_network()];
  if (count >= most_) {
    note_refusal();
    return false;
  }
  ++count;
  return true;
}

void address_counts::note_refusal() {
  ++refused_;
  const auto now = std::chrono::steady_clock::now();
  if (refused_ > 1 && now - logged_at_ < std::chrono::minutes{1})
    return;
  logged_at_ = now;
  log(log_level::warn, "http",
      "an address has too many connections without credentials (http.max-strangers-per-address): further ones "
      "are closed",
      {{"refused", std::to_string(refused_)}});
}

void address_counts::leave(const ip_address& from) {
  if (most_ == 0)
    return;
  const std::lock_guard guard{mutex_};
  const auto found = counts_.find(from.client_network());
  if (found != counts_.end() && --found->second == 0)
    counts_.erase(found);
}

std::uint64_t address_counts::refused() const {
  const std::lock_guard guard{mutex_};
  return refused_;
}

} // namespace parseflow::http
