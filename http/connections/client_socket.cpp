#include "http/connections/client_socket.hpp"

#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

namespace parseflow::http {

void client_socket::begin_tls(tls_certificate::context certificate) {
  tls_ = std::make_unique<tls_session>(std::move(certificate), get());
}

transferred client_socket::peek(char* to, std::size_t size) {
  return receive_plainly(to, size, MSG_PEEK);
}

transferred client_socket::receive(char* to, std::size_t size) {
  return tls_ ? tls_->receive(to, size) : receive_plainly(to, size, 0);
}

transferred client_socket::receive_plainly(char* to, std::size_t size, int flags) {
  for (;;) {
    const auto received = recv(get(), to, size, MSG_DONTWAIT | flags);
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

} // namespace parseflow::http
