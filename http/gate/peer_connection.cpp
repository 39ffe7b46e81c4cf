#include "http/gate/peer_connection.hpp"

#include <array>

#include <openssl/ssl.h>
#include <sys/socket.h>

namespace parseflow::http {

bool peer_connection::has_heard() const {
  return session.handle() != nullptr && BIO_number_read(SSL_get_rbio(session.handle())) > 0;
}

file_descriptor peer_connection::begin_relay() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return {};
  inside = file_descriptor{ends[0]};
  bytes.emplace(session, inside.get());
  until = clock::time_point::max();
  return file_descriptor{ends[1]};
}

} // namespace parseflow::http
