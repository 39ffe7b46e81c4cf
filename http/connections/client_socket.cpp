#include "http/connections/client_socket.hpp"

#include <array>
#include <cerrno>

#include <netdb.h>
#include <poll.h>

namespace parseflow::http {

client_socket::client_socket(file_descriptor socket, const sockaddr_storage& peer)
    : socket_(std::move(socket)), peer_(peer) {}

void client_socket::begin_tls(tls_context context) {
  tls_ = std::make_unique<tls_session>(std::move(context), get());
}

transferred client_socket::receive(char* to, std::size_t size) {
  if (tls_)
    return tls_->receive(to, size);
  for (;;) {
    const auto received = recv(get(), to, size, MSG_DONTWAIT);
    if (received > 0) {
      const auto bytes = static_cast<std::size_t>(received);
      // With edge-triggered events, less than asked for means that there is no more.
      return {bytes < size ? transferred::end::blocked : transferred::end::some, bytes};
    }
    if (received == 0)
      return {transferred::end::ended, 0};
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      return {transferred::end::blocked, 0};
    if (errno != EINTR)
      return {transferred::end::ended, 0};
  }
}

transferred client_socket::send(std::string_view bytes) {
  if (tls_)
    return tls_->send(bytes);
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto now = ::send(get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (now >= 0)
      sent += static_cast<std::size_t>(now);
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
      return {transferred::end::blocked, sent};
    else if (errno != EINTR)
      return {transferred::end::ended, sent};
  }
  return {transferred::end::some, sent};
}

void client_socket::end_sending() {
  if (tls_)
    tls_->end_sending();
  shutdown(get(), SHUT_WR);
}

void client_socket::close() {
  if (tls_ && socket_.is_open())
    tls_->end_sending();
  tls_.reset();
  socket_.reset();
}

bool client_socket::has_input() const {
  pollfd input{get(), POLLIN, 0};
  return poll(&input, 1, 0) > 0;
}

std::string client_socket::peer() const {
  std::array<char, NI_MAXHOST> name{};
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&peer_), sizeof peer_, name.data(), name.size(), nullptr,
                  0, NI_NUMERICHOST) != 0)
    return {};
  return name.data();
}

} // namespace parseflow::http
