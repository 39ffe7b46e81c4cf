// A client of the connection server: its connection, and what the server remembers about it between requests.
#pragma once

#include <poll.h>

#include "http/connections/connection.hpp"

namespace parseflow::http {

/// An idle client belongs to the server, an active one to the thread that serves it.
struct served_client {
  enum class state { idle, active };

  explicit served_client(int socket) : conn(socket) {}

  /// True if bytes or the end of input are waiting in the socket.
  bool has_input() const {
    pollfd input{conn.socket(), POLLIN, 0};
    return poll(&input, 1, 0) > 0;
  }

  connection conn;
  state now = state::idle;
  /// True from the first byte of a request until it is answered.
  bool is_arriving = false;
  connection::clock::time_point expires{};
  /// When it was accepted, or last answered.
  connection::clock::time_point idle_since{};
  /// When a thread last began to serve it.
  connection::clock::time_point active_since{};
  /// True if its connection was broken to make room for another client, and its thread has not noticed yet.
  bool is_leaving = false;
};

} // namespace parseflow::http
