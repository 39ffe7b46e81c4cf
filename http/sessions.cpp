// Opening, finding and ending sessions.
#include "http/sessions.hpp"

#include <algorithm>

namespace parseflow::http {

std::string sessions::open(time_point now) {
  std::erase_if(expires_, [now](const auto& known) { return known.second <= now; });
  if (expires_.size() >= max_open)
    expires_.erase(std::min_element(expires_.begin(), expires_.end(),
                                    [](const auto& a, const auto& b) { return a.second < b.second; }));
  auto token = random_hex(32);
  expires_[digest_of(token)] = now + life;
  return token;
}

bool sessions::holds(std::string_view token, time_point now) const {
  const auto found = expires_.find(digest_of(token));
  return found != expires_.end() && now < found->second;
}

void sessions::end(std::string_view token) {
  expires_.erase(digest_of(token));
}

} // namespace parseflow::http
