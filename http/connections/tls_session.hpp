// TLS on one socket. No call waits.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/connections/tls_context.hpp"
#include "http/connections/transferred.hpp"

struct ssl_st;

namespace parseflow::http {

/// Used by one thread at a time.
class tls_session {
public:
  /// Which end of the connection this process is.
  enum class side { server, client };

  /// @param socket Must outlive this.
  tls_session(tls_context context, int socket, side own = side::server);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// Goes on with the handshake: `some` when it is done, `blocked` while bytes of the other side are awaited.
  transferred::end shake_hands();

  /// As in `client_socket`.
  transferred receive(char* to, std::size_t size);
  transferred send(std::string_view bytes);

  /// Notifies the other side that nothing more comes.
  void end_sending();

  /// For what only some users ask of OpenSSL; null if there was no memory for a session.
  ssl_st* handle() const { return session_.get(); }

private:
  transferred::end end_of(int outcome) const;

  tls_context context_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
};

} // namespace parseflow::http
