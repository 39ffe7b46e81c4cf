// Wrong secrets: counted, logged, and beyond a number of them refused without a further word.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "http/access/rate_limiter.hpp"
#include "messages/ip_address.hpp"

namespace parseflow::http {

/// Counts wrong secrets of one kind: a token bucket for each client network, and one for all together. It
/// never stands in the way of a right secret, so nobody is locked out by what others try: secrets are long
/// enough not to be guessed (`validate` sees to that). Any thread may call.
class failed_tries {
public:
  /// How many wrong secrets a network may try, at once and per minute; and all networks together.
  static constexpr std::uint32_t per_minute = 20, all_per_minute = 600;

  /// @param sentence Logged once a minute for each network that tries wrong secrets.
  explicit failed_tries(std::string_view sentence) : sentence_(sentence) {}

  /// A secret was wrong. Returns how long the client should wait if these were too many.
  /// @param user The user who was named, if there is such a user.
  std::optional<std::chrono::milliseconds> count(const ip_address& client, std::string_view user = {});

  /// Wrong secrets since the start.
  std::uint64_t total() const;

private:
  const std::string_view sentence_;
  mutable std::mutex mutex_; // guards what follows
  rate_limiter each_{per_minute}, all_{all_per_minute}, warnings_{1};
  std::uint64_t total_ = 0;
};

} // namespace parseflow::http
