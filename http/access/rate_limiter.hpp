// How often each of many callers may do something: a token bucket per name, in bounded memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace parseflow::http {

/// A bucket per name, full at first. Not for several threads at once.
class rate_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Every name may take `per_minute` at once, and that many a minute; 0 means no limit. When more than
  /// `max_names` were seen, those not seen for longest are forgotten, which is as if their bucket were full.
  explicit rate_limiter(std::uint32_t per_minute, std::size_t max_names = 20'000)
      : per_minute_(per_minute), max_names_(max_names) {}

  /// Takes one. If there is none left: how long until there will be, and nothing is taken.
  std::optional<std::chrono::milliseconds> take(const std::string& name, time_point now);

  /// How long until there will be one to take; nothing if there is. Takes none.
  std::optional<std::chrono::milliseconds> wait_for(const std::string& name, time_point now);

private:
  struct bucket {
    double tokens;
    time_point filled;
  };
  bucket& bucket_of(const std::string& name, time_point now);

  double per_minute_;
  std::size_t max_names_;
  // Two generations of half the bound each: forgetting the older one costs nothing per name.
  std::unordered_map<std::string, bucket> recent_, older_;
};

} // namespace parseflow::http
