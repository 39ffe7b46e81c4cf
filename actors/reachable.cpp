// A connect that does not block, and a wait for it.
#include "actors/reachable.hpp"

#include <cerrno>
#include <memory>
#include <string>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parseflow {

namespace {

bool accepts(const addrinfo& address, std::chrono::milliseconds patience) {
  const int handle =
      socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
  if (handle < 0)
    return false;
  bool is_open = connect(handle, address.ai_addr, address.ai_addrlen) == 0;
  if (!is_open && errno == EINPROGRESS) {
    pollfd wait{handle, POLLOUT, 0};
    int problem = 0;
    socklen_t size = sizeof problem;
    is_open = poll(&wait, 1, static_cast<int>(patience.count())) == 1 &&
              getsockopt(handle, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0;
  }
  close(handle);
  return is_open;
}

} // namespace

bool is_reachable(const endpoint& target, std::chrono::milliseconds patience) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &wanted, &found) != 0)
    return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses{found, freeaddrinfo};
  for (const auto* one = addresses.get(); one != nullptr; one = one->ai_next)
    if (accepts(*one, patience))
      return true;
  return false;
}

} // namespace parseflow
