// TLS on the socket of one client. No call waits.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/connections/tls_certificate.hpp"
#include "http/connections/transferred.hpp"

struct ssl_st;

namespace parseflow::http {

/// Used by one thread at a time.
class tls_session {
public:
  /// @param socket Must outlive this.
  tls_session(tls_certificate::context certificate, int socket);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// Goes on with the handshake: `some` when it is done, `blocked` while bytes of the client are awaited.
  transferred::end shake_hands();

  /// As in `client_socket`.
  transferred receive(char* to, std::size_t size);
  transferred send(std::string_view bytes);

  /// Notifies the client that nothing more comes.
  void end_sending();

private:
  transferred::end end_of(int outcome) const;

  tls_certificate::context certificate_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
};

} // namespace parseflow::http
