// From whom a request comes when a proxy passes it on.
#pragma once

#include <string>
#include <vector>

#include "http/connections/request_head.hpp"
#include "messages/ip_address.hpp"

namespace parseflow::http {

/// The proxies whose word about their clients is taken.
class trusted_proxies {
public:
  trusted_proxies() = default;
  /// @param networks In the form of `ip_network`; others are left out.
  explicit trusted_proxies(const std::vector<std::string>& networks);

  bool contains(const ip_address& address) const;

  /// The client of a request that arrived from `peer`: the rightmost address of `X-Forwarded-For` that is no
  /// trusted proxy. What stands left of it may be invented. `peer` itself if it is no trusted proxy.
  ip_address client_of(const request_head& head, const ip_address& peer) const;

private:
  std::vector<ip_network> networks_;
};

} // namespace parseflow::http
