#include "http/access/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace parseflow::http {

rate_limiter::bucket& rate_limiter::bucket_of(const std::string& name, time_point now) {
  if (const auto found = recent_.find(name); found != recent_.end())
    return found->second;
  if (recent_.size() >= std::max<std::size_t>(max_names_ / 2, 1)) {
    older_ = std::move(recent_);
    recent_.clear();
  }
  const auto found = older_.find(name);
  const bucket start = found != older_.end() ? found->second : bucket{per_minute_, now};
  return recent_.emplace(name, start).first->second;
}

std::optional<std::chrono::milliseconds> rate_limiter::take(const std::string& name, time_point now) {
  if (per_minute_ == 0)
    return std::nullopt;
  auto& own = bucket_of(name, now);
  const auto minutes = std::chrono::duration<double, std::ratio<60>>(now - own.filled).count();
  own.tokens = std::min(per_minute_, own.tokens + std::max(minutes, 0.0) * per_minute_);
  own.filled = std::max(own.filled, now);
  if (own.tokens >= 1) {
    own.tokens -= 1;
    return std::nullopt;
  }
  const auto wait_ms = std::ceil((1 - own.tokens) / per_minute_ * 60'000);
  return std::chrono::milliseconds{static_cast<std::int64_t>(wait_ms)};
}

} // namespace parseflow::http
