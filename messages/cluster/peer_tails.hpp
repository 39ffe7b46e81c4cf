// The messages by which nodes show each other's lines: parts of the protocol, as those of protocol.hpp are. Each
// goes to the gateway of the node that it is for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/cluster/protocol.hpp"
#include "messages/time.hpp"

namespace parseflow {

/// A reader of one node wants lines of another.
struct peer_tail {
  /// Who asks.
  node_identity asker;
  /// Chosen by the asker, and unique there.
  std::uint64_t stream = 0;
  /// See `tail_filter`.
  std::vector<std::string> apps;
  std::string query;
  /// The id of a line as text; empty: none. See `tail_wish`.
  std::string after;
  /// The epoch: none.
  timestamp since{};
  std::uint32_t earlier_lines = 0;
  std::uint32_t window_bytes = 0;
};

template <class Inspector>
auto inspect(Inspector& f, peer_tail& x) {
  return f(x.asker, x.stream, x.apps, x.query, x.after, x.since, x.earlier_lines, x.window_bytes);
}

/// The next lines for such a reader.
struct peer_lines {
  std::uint64_t stream = 0;
  /// Whole records of `tail_records`.
  std::string records;
  /// No more will come: ask again.
  bool is_last = false;
};

template <class Inspector>
auto inspect(Inspector& f, peer_lines& x) {
  return f(x.stream, x.records, x.is_last);
}

/// How far the reader is.
struct peer_lines_taken {
  node_identity asker;
  std::uint64_t stream = 0;
  /// Of `peer_lines::records`, since the last such message.
  std::uint64_t bytes = 0;
  /// No more is wanted.
  bool is_over = false;
};

template <class Inspector>
auto inspect(Inspector& f, peer_lines_taken& x) {
  return f(x.asker, x.stream, x.bytes, x.is_over);
}

} // namespace parseflow
