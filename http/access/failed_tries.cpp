#include "http/access/failed_tries.hpp"

#include <algorithm>
#include <string>

#include "messages/service_log.hpp"

namespace parseflow::http {

std::optional<std::chrono::milliseconds> failed_tries::count(const ip_address& client,
                                                             std::string_view user) {
  const auto network = client.client_network().text();
  const auto now = std::chrono::steady_clock::now();
  std::optional<std::chrono::milliseconds> wait;
  {
    const std::lock_guard guard{mutex_};
    ++total_;
    wait = std::max(each_.take(network, now), all_.take({}, now));
    if (warnings_.take(network, now))
      return wait;
  }
  log(log_level::warn, "http", sentence_, {{"peer", client.text()}, {"user", std::string{user}}});
  return wait;
}

std::uint64_t failed_tries::total() const {
  const std::lock_guard guard{mutex_};
  return total_;
}

} // namespace parseflow::http
