// Passes bytes on between a TLS session and a socket of this process, in both directions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "http/connections/tls_session.hpp"

namespace parseflow::http {

/// A bounded number of bytes waits in it for each direction; while they wait, it takes no more from where
/// they came. For edge-triggered events. Used by one thread at a time.
class relay {
public:
  /// Bytes that may wait for each direction.
  static constexpr std::size_t capacity = 64u << 10;

  enum class state : std::uint8_t {
    waiting, ///< Nothing goes before the next event.
    more,    ///< It has had its share for now: call `pass` again, after the others.
    over     ///< One side has ended, and what it sent before has been passed on, or cannot be.
  };

  /// @param tls,inside Must outlive this; neither blocks.
  relay(tls_session& tls, int inside) : tls_(tls), inside_(inside) {}

  /// Moves what can be moved.
  state pass();

  /// True while bytes wait for room in the socket of this process.
  bool is_blocked_inside() const { return !inwards_.is_empty(); }

  /// True while one side has ended, and the other one has yet to take what came before.
  bool is_ending() const { return inwards_.is_source_over || outwards_.is_source_over; }

private:
  struct way {
    std::vector<char> bytes;
    std::size_t begin = 0, end = 0;
    bool is_source_over = false;
    bool is_empty() const { return begin == end; }
  };
  template <class Receive, class Send>
  bool carry(way& at, Receive receive, Send send);

  tls_session& tls_;
  int inside_;
  way inwards_, outwards_;
  bool is_broken_ = false; // bytes cannot be delivered
};

} // namespace parseflow::http
