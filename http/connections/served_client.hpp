// A client of the connection server: its connection, and what the server remembers of it between requests.
#pragma once

#include <poll.h>

#include "http/connections/connection.hpp"

namespace parseflow::http {

/// Idle ones belong to the server, an active one to the thread that serves it.
struct served_client {
  enum class state { idle, active };

  explicit served_client(int socket) : line(socket) {}

  /// True if the system has bytes for it, or its end.
  bool has_input() const {
    pollfd input{line.socket(), POLLIN, 0};
    return poll(&input, 1, 0) > 0;
  }

  connection line;
  state now = state::idle;
  /// Since its first byte and until it is answered.
  bool is_arriving = false;
  connection::clock::time_point expires{};
  /// When it was let in or last answered.
  connection::clock::time_point idle_since{};
  /// When the thread that serves it last took it.
  connection::clock::time_point active_since{};
  /// Its connection is broken for another client's sake, and its thread has not noticed yet.
  bool is_leaving = false;
};

} // namespace parseflow::http
