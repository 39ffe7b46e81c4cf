// Bounds on the resources that clients may occupy, for how long, and who says who they are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "http/connections/client_address.hpp"

namespace parseflow::http {

/// Numbers about the connections of a `connection_server`.
struct connection_counts {
  std::uint64_t open = 0;
  /// `connection_limits::max_connections`.
  std::uint64_t limit = 0;
  /// Connections without credentials that were closed to make room for others, since the start.
  std::uint64_t closed_for_others = 0;
  /// Connections that were closed at once because their address had too many, since the start.
  std::uint64_t refused_by_address = 0;
  /// The longest that one round kept an event loop, and with it all clients of that loop, since the start.
  std::chrono::nanoseconds longest_round{0};
  /// Answers that are streams and have not ended.
  std::uint64_t streams = 0;
};

/// Bounds of a `connection_server`.
struct connection_limits {
  /// Connections open at the same time. To admit a further client, one
  /// without credentials is closed; if there is none, the new client waits in the listen queue.
  std::uint32_t max_connections = 512;
  /// Connections without credentials from one address (from one /64 of IPv6); 0: no bound. This machine's
  /// own addresses have none.
  std::uint32_t max_strangers_per_address = 0;
  /// How long a connection may be idle between requests, once its client has shown good credentials.
  std::chrono::milliseconds keep_alive{600'000};
  /// The upper bound of the same before the client has shown credentials.
  std::chrono::milliseconds stranger_keep_alive{10'000};
  /// How long a request may take to arrive, from its first byte. A client that never sends a byte is
  /// disconnected this long after it was accepted.
  std::chrono::milliseconds read_timeout{20'000};
  /// In each such time 5 KiB of a body must arrive, or its end: who trickles holds memory for nothing.
  std::chrono::milliseconds rate_interval{5'000};
  /// Unread body bytes to discard; with more of them the connection is closed instead.
  std::uint64_t max_discarded_bytes = 64u << 20;
  /// Bytes of all bodies that are arriving or whose requests are not answered yet. Beyond them a body waits.
  std::uint64_t max_body_bytes_in_flight = 512u << 20;
  /// Answers that are streams, at the same time.
  std::uint32_t max_streams = 200;
  /// How long the reader of a stream may take nothing of what waits for it.
  std::chrono::milliseconds stream_patience{30'000};
  /// Threads for requests that must wait for something.
  std::size_t pool_threads = 8;
  /// Event loops; 0: one per core.
  std::size_t loops = 0;
  /// Whose word about their clients is taken. Their own connections are not bounded by address.
  trusted_proxies proxies = {};
  /// Connections of trusted proxies begin with a PROXY header.
  bool has_proxy_header = false;
};

} // namespace parseflow::http
