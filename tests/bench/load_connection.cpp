#include "tests/bench/load_connection.hpp"

#include <array>
#include <cstdlib>
#include <stdexcept>

#include <openssl/ssl.h>
#include <sys/socket.h>

namespace parseflow::bench {

namespace {

SSL_CTX* client_context() {
  static const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> shared = [] {
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> made{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS);
    return made;
  }();
  return shared.get();
}

} // namespace

load_connection::load_connection(std::uint16_t port, bool is_tls, const std::string& from)
    : plain_(port, "127.0.0.1", from), session_(is_tls ? SSL_new(client_context()) : nullptr, SSL_free) {
  if (session_ && (SSL_set_fd(session_.get(), descriptor()) != 1 || SSL_connect(session_.get()) != 1))
    throw std::runtime_error("the TLS handshake failed");
}

bool load_connection::send(std::string_view bytes) {
  if (!session_)
    return plain_.send(bytes);
  std::size_t sent = 0;
  return SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &sent) == 1 && sent == bytes.size();
}

int load_connection::receive_status() {
  std::array<char, 4096> answer;
  std::size_t size = 0;
  if (session_) {
    if (SSL_read_ex(session_.get(), answer.data(), answer.size(), &size) != 1)
      return 0;
  } else {
    const auto got = recv(descriptor(), answer.data(), answer.size(), 0);
    size = got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  return size > 12 ? std::atoi(answer.data() + 9) : 0; // "HTTP/1.1 204 No Content"
}

} // namespace parseflow::bench
