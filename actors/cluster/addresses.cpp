#include "actors/cluster/addresses.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "messages/settings/endpoint.hpp"

namespace parseflow::actors {

namespace {

// A socket can be bound only to an address of this machine.
bool is_own(const addrinfo& address) {
  const int handle = socket(address.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (handle < 0)
    return false;
  const bool is_bound = bind(handle, address.ai_addr, address.ai_addrlen) == 0;
  close(handle);
  return is_bound;
}

// Whether `fits` returns true for any address of the host.
template <class Fits>
bool any_address(const std::string& host, std::uint16_t port, Fits fits) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
    return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses{found, freeaddrinfo};
  for (const auto* one = addresses.get(); one != nullptr; one = one->ai_next)
    if (fits(*one))
      return true;
  return false;
}

} // namespace

std::optional<std::string> own_entry(const cluster_settings& cluster) {
  const auto& peers = cluster.peers;
  if (peers.empty() || std::find(peers.begin(), peers.end(), cluster.listen) != peers.end())
    return cluster.listen;
  const auto port = endpoint_from(cluster.listen)->port;
  for (const auto& entry : peers)
    if (const auto address = *endpoint_from(entry);
        address.port == port && any_address(address.host, 0, is_own)) // 0: any free port
      return entry;
  return std::nullopt;
}

} // namespace parseflow::actors
