// How much and how long clients may hold the server.
#pragma once

#include <chrono>
#include <cstdint>

namespace parseflow::http {

/// How the connections of a `connection_server` are.
struct connection_counts {
  std::uint64_t open = 0;
  /// `connection_limits::max_connections`.
  std::uint64_t limit = 0;
  /// Of clients that had shown no credentials, closed to give others their place; since the start.
  std::uint64_t closed_for_others = 0;
};

/// Bounds of a `connection_server`.
struct connection_limits {
  /// Open at the same time, and so the most threads there can be. For a further client one that has shown no
  /// credentials must leave; if there is none, it waits in the listen queue.
  std::uint32_t max_connections = 512;
  /// How long a connection may be idle between requests, once its client has shown good credentials.
  std::chrono::milliseconds keep_alive{600'000};
  /// The same before that, at most.
  std::chrono::milliseconds stranger_keep_alive{10'000};
  /// How long a request may take to arrive, from its first byte. A client that never sends one is let go as
  /// late.
  std::chrono::milliseconds read_timeout{20'000};
  /// Of a body that the handler leaves unread, so much is read and dropped. Beyond it the connection ends.
  std::uint64_t max_discarded_bytes = 64u << 20;
};

} // namespace parseflow::http
