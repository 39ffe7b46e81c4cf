// How far a call that never waits got with a client's bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace parseflow::http {

struct transferred {
  enum class end : std::uint8_t {
    some,    ///< `bytes` were moved; there may be more to move.
    blocked, ///< `bytes` were moved; nothing more goes now.
    ended,   ///< `bytes` were moved; the peer has closed its side, or the connection broke.
  };
  end now = end::some;
  std::size_t bytes = 0;
};

} // namespace parseflow::http
