// The socket of one client. No call waits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "http/connections/file_descriptor.hpp"

namespace parseflow::http {

/// How far a call got.
struct transferred {
  enum class end {
    some,    ///< `bytes` were moved; there may be more to move.
    blocked, ///< `bytes` were moved; nothing more goes now.
    ended,   ///< The peer has closed its side, or the connection broke.
  };
  end now = end::some;
  std::size_t bytes = 0;
};

/// Used by one thread at a time.
class client_socket {
public:
  /// @param socket Must not block.
  client_socket(file_descriptor socket, const sockaddr_storage& peer);

  /// Receives at most `size` bytes.
  transferred receive(char* to, std::size_t size);

  /// Sends as much of `bytes` as goes now.
  transferred send(std::string_view bytes);

  /// Shuts down the sending side.
  void end_sending();

  /// True if bytes or the end of input are waiting.
  bool has_input() const;

  void close() { socket_.reset(); }

  int get() const { return socket_.get(); }

  const sockaddr_storage& address() const { return peer_; }

  /// The peer's address, as text.
  std::string peer() const;

private:
  file_descriptor socket_;
  sockaddr_storage peer_;
};

} // namespace parseflow::http
