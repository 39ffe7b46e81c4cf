// Name resolution, bind and listen, with errors for people.
#include "http/listen_socket.hpp"

#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace parseflow::http {

namespace {

// Clients that wait to be accepted. A connect beyond it is repeated by the client's kernel, so none is lost.
constexpr int backlog = 1024;

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                             : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

std::string sentence(const std::string& host, std::uint16_t port, int problem) {
  const char* remedy = problem == EADDRINUSE ? "; another program listens there: stop it, or set http.port"
                       : problem == EACCES   ? "; take a port above 1023 (http.port)"
                       : problem == EADDRNOTAVAIL ? "; http.host must be an address of this machine"
                                                  : "";
  return fmt::format("cannot listen on {}:{}: {}{}", host, port, std::strerror(problem), remedy);
}

} // namespace

listen_socket open_listen_socket(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int problem = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found))
    return {{}, 0, fmt::format("cannot listen on {} (http.host): {}", host, gai_strerror(problem))};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses{found, &freeaddrinfo};

  int problem = 0;
  for (const auto* at = addresses.get(); at != nullptr; at = at->ai_next) {
    file_descriptor made{
        ::socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol)};
    const int yes = 1;
    if (made.is_open() && setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(made.get(), at->ai_addr, at->ai_addrlen) == 0 && listen(made.get(), backlog) == 0) {
      const auto at_port = port_of(made.get());
      return {std::move(made), at_port, {}};
    }
    problem = errno;
  }
  return {{}, 0, sentence(host, port, problem)};
}

} // namespace parseflow::http
