// The socket that a server listens on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/socket.h>

#include "http/connections/file_descriptor.hpp"

namespace parseflow::http {

/// A non-blocking socket that listens, or keeps its place while it does not. Not thread-safe.
class listen_socket {
public:
  /// Listens on `host`, an address or a name. A `port` of 0 lets the system pick one. Returns a sentence if
  /// that is not possible. Call once.
  std::optional<std::string> open(const std::string& host, std::uint16_t port);

  /// Takes the place in which `open` would listen, and refuses connects: another socket of this program may
  /// still listen there. Otherwise as `open`.
  std::optional<std::string> reserve(const std::string& host, std::uint16_t port);

  /// Connects are refused from now on; those that nobody has accepted are reset. The system gives the port to
  /// nobody else, but a program that asks for it can take it. Changes the descriptor.
  void pause();

  /// Listens again where it did. Returns a sentence if that is not possible: it may be later. May change the
  /// descriptor.
  std::optional<std::string> resume();

  /// Ends for good.
  void close() { socket_.reset(); }

  int get() const { return socket_.get(); }
  /// Where it listens; 0 before `open`.
  std::uint16_t port() const { return port_; }

private:
  /// Takes the place. 0, or the `errno` that says why not.
  int bind_socket();

  file_descriptor socket_;
  sockaddr_storage address_{};
  socklen_t address_size_ = 0;
  std::string host_;
  std::uint16_t port_ = 0;
};

} // namespace parseflow::http
