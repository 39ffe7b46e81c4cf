// What becomes of a request, decided by its head alone.
#pragma once

#include <cstdint>

namespace parseflow::http {

/// Made on the thread of the connections, so deciding must not wait.
struct request_plan {
  enum class way : std::uint8_t {
    pool,  ///< A thread of the pool answers it.
    drain, ///< See `drain_way`.
  };
  way through = way::pool;
  /// The longest body that is kept for the handler; a longer one is answered 413. With 0 the handler runs at
  /// once, and the body is dropped as it arrives.
  std::uint64_t max_body_bytes = 0;
};

} // namespace parseflow::http
