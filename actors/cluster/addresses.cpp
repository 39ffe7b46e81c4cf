#include "actors/cluster/addresses.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parseflow::actors {

namespace {

bool accepts(const addrinfo& address, std::chrono::milliseconds timeout) {
  const int handle =
      socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
  if (handle < 0)
    return false;
  bool is_open = connect(handle, address.ai_addr, address.ai_addrlen) == 0;
  if (!is_open && errno == EINPROGRESS) {
    pollfd wait{handle, POLLOUT, 0};
    int problem = 0;
    socklen_t size = sizeof problem;
    is_open = poll(&wait, 1, static_cast<int>(timeout.count())) == 1 &&
              getsockopt(handle, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0;
  }
  close(handle);
  return is_open;
}

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

bool is_reachable(const endpoint& target, std::chrono::milliseconds timeout) {
  return any_address(target.host, target.port,
                     [timeout](const addrinfo& address) { return accepts(address, timeout); });
}

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
