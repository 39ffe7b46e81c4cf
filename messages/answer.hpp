// What a waiting drain request is told, and the slot through which a box of this process tells it.
#pragma once

#include <cstdint>
#include <future>
#include <memory>

#include "messages/frame.hpp"

namespace parseflow {

/// How a frame ended up, from the sender's point of view.
enum class verdict : std::uint8_t {
  stored,     ///< Durable. Answer 204.
  duplicate,  ///< Was durable already. Answer 204.
  overloaded, ///< No room, or not durable in time: the sender must try again. Answer 503.
  stopping,   ///< The service is going down; not taken in. Answer 503.
};

/// One frame and the request that waits for its verdict. Local to the process: `answer` is a plain promise,
/// because a blocking receive in a server thread costs five times as much (design section 2).
struct submission {
  frame_ptr content;
  std::shared_ptr<std::promise<verdict>> answer;
};

} // namespace parseflow
