// The socket of one client. No call waits.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "http/connections/file_descriptor.hpp"
#include "http/connections/tls_session.hpp"
#include "http/connections/transferred.hpp"

namespace parseflow::http {

/// Used by one thread at a time.
class client_socket {
public:
  /// @param socket Must not block.
  explicit client_socket(file_descriptor socket) : socket_(std::move(socket)) {}

  /// From now on the client must speak TLS: call `shake_hands` until it is done.
  void begin_tls(tls_certificate::context certificate);
  /// `some` when the handshake is done, `blocked` while bytes of the client are awaited.
  transferred::end shake_hands() { return tls_->shake_hands(); }
  bool is_tls() const { return tls_ != nullptr; }

  /// Copies at most `size` bytes that have arrived, and leaves them there. Not with TLS.
  transferred peek(char* to, std::size_t size);

  /// Receives at most `size` bytes.
  transferred receive(char* to, std::size_t size);

  /// Sends as much of `bytes` as goes now.
  transferred send(std::string_view bytes);

  /// Shuts down the sending side.
  void end_sending();

  /// True if bytes or the end of input are waiting.
  bool has_input() const;

  void close();

  int get() const { return socket_.get(); }

private:
  transferred receive_plainly(char* to, std::size_t size, int flags);

  file_descriptor socket_;
  std::unique_ptr<tls_session> tls_; // null: plain
};

} // namespace parseflow::http
