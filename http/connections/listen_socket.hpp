// The socket that a server listens on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "messages/expected.hpp"
#include "messages/file_descriptor.hpp"

namespace parseflow::http {

/// A non-blocking socket that listens, or keeps its address while it does not. Not thread-safe.
class listen_socket {
public:
  /// The settings that its problems name.
  struct setting_names {
    std::string_view host = "http.host", port = "http.port";
  };

  listen_socket() = default;
  explicit listen_socket(setting_names names) : names_(names) {}

  /// Listens on `host`, an address or a name. With `port` 0 the system picks one. Call once.
  expected<> open(const std::string& host, std::uint16_t port);

  /// Binds the address on which `open` would listen, but refuses connections: another socket of this process
  /// can still bind it and listen there. Otherwise as `open`.
  expected<> reserve(const std::string& host, std::uint16_t port);

  /// Refuses connections from now on; those not yet accepted are reset. The system does not hand the port
  /// out, but a program that asks for this port can take it. Changes the descriptor.
  void pause();

  /// Listens again at the same address. After a failure a later call may succeed. May change the descriptor.
  expected<> resume();

  /// Stops listening for good.
  void close() { socket_.reset(); }

  int get() const { return socket_.get(); }
  /// The port it listens on; 0 before `open`.
  std::uint16_t port() const { return port_; }

private:
  /// Binds the address. Returns 0, or the `errno` of the failure.
  int bind_socket();
  problem cannot_listen(const std::string& host, std::uint16_t port, int error) const;

  setting_names names_;
  file_descriptor socket_;
  sockaddr_storage address_{};
  socklen_t address_size_ = 0;
  std::string host_;
  std::uint16_t port_ = 0;
};

} // namespace parseflow::http
