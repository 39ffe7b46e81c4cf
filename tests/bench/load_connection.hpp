// A connection of a load generator, plain or with TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/http_connection.hpp"

struct ssl_st;

namespace parseflow::bench {

/// To a server on 127.0.0.1, whose certificate is not checked.
class load_connection {
public:
  /// @param from The address of this end; empty: any. Throws std::runtime_error if there is no such server.
  load_connection(std::uint16_t port, bool is_tls, const std::string& from = {});

  /// Sends all of `bytes`. False if the peer has closed the connection.
  bool send(std::string_view bytes);
  /// Waits for an answer without a body. Returns its status; 0 if the connection has ended.
  int receive_status();

  /// The socket, to wait for events.
  int descriptor() const { return plain_.descriptor(); }

private:
  http_connection plain_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
};

} // namespace parseflow::bench
