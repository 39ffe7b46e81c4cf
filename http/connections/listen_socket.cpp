#include "http/connections/listen_socket.hpp"

#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

namespace parseflow::http {

namespace {

// How many clients may wait to be accepted. The client's kernel repeats a connect beyond that, so none
// is lost.
constexpr int backlog = 1024;

std::uint16_t port_of(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

} // namespace

expected<> listen_socket::open(const std::string& host, std::uint16_t port) {
  if (auto reserved = reserve(host, port); !reserved)
    return reserved;
  return resume();
}

expected<> listen_socket::reserve(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found))
    return problem{fmt::format("cannot listen on {} ({}): {}", host, names_.host, gai_strerror(error))};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses{found, &freeaddrinfo};

  int error = 0;
  for (const auto* at = addresses.get(); at != nullptr; at = at->ai_next) {
    std::memcpy(&address_, at->ai_addr, at->ai_addrlen);
    address_size_ = at->ai_addrlen;
    error = bind_socket();
    if (error == 0) {
      host_ = host;
      getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address_), &address_size_);
      port_ = port_of(address_);
      return {};
    }
  }
  socket_.reset();
  return cannot_listen(host, port, error);
}

problem listen_socket::cannot_listen(const std::string& host, std::uint16_t port, int error) const {
  const auto remedy =
      error == EADDRINUSE ? fmt::format("; another program listens there: stop it, or set {}", names_.port)
      : error == EACCES   ? fmt::format("; take a port above 1023 ({})", names_.port)
      : error == EADDRNOTAVAIL ? fmt::format("; {} must be an address of this machine", names_.host)
                               : std::string{};
  return {fmt::format("cannot listen on {}:{}: {}{}", host, port, std::strerror(error), remedy)};
}

void listen_socket::pause() {
  socket_.reset(); // two sockets can share an address only while neither listens
  bind_socket();   // if this fails, `resume` tries again
}

expected<> listen_socket::resume() {
  int error = socket_.is_open() ? 0 : bind_socket();
  if (error == 0 && listen(socket_.get(), backlog) != 0)
    error = errno;
  return error == 0 ? expected<>{} : cannot_listen(host_, port_, error);
}

int listen_socket::bind_socket() {
  socket_ = file_descriptor{::socket(address_.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int yes = 1;
  if (socket_.is_open() && setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
      bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address_), address_size_) == 0)
    return 0;
  const int error = errno;
  socket_.reset();
  return error;
}

} // namespace parseflow::http
