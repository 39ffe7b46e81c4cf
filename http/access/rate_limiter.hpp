// Limits how often each of many callers may do something: a token bucket per name, in bounded memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace parseflow::http {

/// One bucket per name, full at first. Not thread-safe.
class rate_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Every name may take `per_minute` tokens at once, and that many per minute; 0 means no limit. Beyond
  /// `max_names` names, those not seen for longest are forgotten, which makes their buckets full again.
  explicit rate_limiter(std::uint32_t per_minute, std::size_t max_names = 20'000)
      : per_minute_(per_minute), max_names_(max_names) {}

  /// The rate from now on; 0: no limit. Buckets keep their tokens, as far as they fit.
  void set_rate(std::uint32_t per_minute) { per_minute_ = per_minute; }

  /// Takes one token. If there is none, takes nothing and returns how long until there is one.
  std::optional<std::chrono::milliseconds> take(const std::string& name, time_point now);

private:
  struct bucket {
    double tokens;
    time_point filled;
  };
  bucket& bucket_of(const std::string& name, time_point now);

  double per_minute_;
  std::size_t max_names_;
  // Two generations, each of half the bound, so that the older one can be dropped as a whole.
  std::unordered_map<std::string, bucket> recent_, older_;
};

} // namespace parseflow::http
