// How many connections of strangers each address has.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "messages/ip_address.hpp"

namespace parseflow::http {

/// Bounds the connections of each client network whose clients have shown no credentials. Any thread may call.
class address_counts {
public:
  /// @param most For each network; 0: no bound.
  explicit address_counts(std::uint32_t most) : most_(most) {}

  /// Counts one more connection; false if the network has as many as it may have, which is logged once a
  /// minute.
  bool enter(const ip_address& from);
  /// The connection has ended, or its client has shown credentials.
  void leave(const ip_address& from);

  /// How often `enter` was false.
  std::uint64_t refused() const;

private:
  void note_refusal();

  const std::uint32_t most_;
  mutable std::mutex mutex_; // guards what follows
  std::unordered_map<ip_address, std::uint32_t> counts_;
  std::uint64_t refused_ = 0;
  std::chrono::steady_clock::time_point logged_at_{};
};

} // namespace parseflow::http
