#include "http/connections/client_address.hpp"

#include <algorithm>
#include <optional>

namespace parseflow::http {

namespace {

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Some proxies add the port: "192.0.2.1:5678", "[2001:db8::1]:5678".
std::optional<ip_address> address_in(std::string_view entry) {
  entry = without_blanks(entry);
  if (entry.starts_with('[')) {
    const auto bracket = entry.find(']');
    return bracket == std::string_view::npos ? std::nullopt : ip_address::from(entry.substr(1, bracket - 1));
  }
  if (std::count(entry.begin(), entry.end(), ':') == 1)
    entry = entry.substr(0, entry.find(':'));
  return ip_address::from(entry);
}

} // namespace

trusted_proxies::trusted_proxies(const std::vector<std::string>& networks) {
  for (const auto& text : networks)
    if (const auto network = ip_network::from(text))
      networks_.push_back(*network);
}

bool trusted_proxies::contains(const ip_address& address) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const ip_network& network) { return network.contains(address); });
}

ip_address trusted_proxies::client_of(const request_head& head, const ip_address& peer) const {
  auto client = peer;
  if (!contains(peer))
    return client;
  std::vector<std::string_view> lists;
  for (const auto& [name, value] : head.headers)
    if (is_same_name(name, "X-Forwarded-For"))
      lists.push_back(value);
  for (; !lists.empty(); lists.pop_back()) {
    for (auto list = lists.back(); !list.empty();) {
      const auto comma = list.rfind(',');
      const auto address = address_in(comma == std::string_view::npos ? list : list.substr(comma + 1));
      list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
      if (!address)
        return client; // the last proxy whose word is known
      client = *address;
      if (!contains(client))
        return client;
    }
  }
  return client;
}

} // namespace parseflow::http
