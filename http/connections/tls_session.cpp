#include "http/connections/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace parseflow::http {

tls_session::tls_session(tls_context context, int socket, side own)
    : context_(std::move(context)), session_(SSL_new(context_.get()), SSL_free) {
  if (session_ && SSL_set_fd(session_.get(), socket) != 1)
    session_.reset();
  if (session_ && own == side::server)
    SSL_set_accept_state(session_.get());
  else if (session_)
    SSL_set_connect_state(session_.get());
}

tls_session::~tls_session() = default;

transferred::end tls_session::end_of(int outcome) const {
  switch (SSL_get_error(session_.get(), outcome)) {
  case SSL_ERROR_NONE:
    return transferred::end::some;
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    return transferred::end::blocked;
  default:
    return transferred::end::ended;
  }
}

transferred::end tls_session::shake_hands() {
  if (!session_)
    return transferred::end::ended;
  ERR_clear_error(); // errors of other sessions on this thread would count as this one's
  return end_of(SSL_do_handshake(session_.get()));
}

transferred tls_session::receive(char* to, std::size_t size) {
  ERR_clear_error();
  std::size_t got = 0;
  const int outcome = SSL_read_ex(session_.get(), to, size, &got);
  return {end_of(outcome), outcome == 1 ? got : 0};
}

transferred tls_session::send(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    ERR_clear_error();
    std::size_t now = 0;
    const int outcome = SSL_write_ex(session_.get(), bytes.data() + sent, bytes.size() - sent, &now);
    if (outcome != 1)
      return {end_of(outcome), sent};
    sent += now;
  }
  return {transferred::end::some, sent};
}

void tls_session::end_sending() {
  ERR_clear_error();
  if (session_ && SSL_is_init_finished(session_.get()) == 1)
    SSL_shutdown(session_.get());
}

} // namespace parseflow::http
