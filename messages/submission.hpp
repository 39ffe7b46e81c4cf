// The verdict that a waiting drain request gets, and the slot through which a box of this process gives it.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "messages/frame.hpp"

namespace parseflow {

/// How a frame ended up, from the sender's point of view.
enum class verdict : std::uint8_t {
  stored,     ///< Durable. Answer 204.
  duplicate,  ///< Was durable already. Answer 204.
  overloaded, ///< No room, or not durable in time: the sender must try again. Answer 503.
  stopping,   ///< The service is going down; not taken in. Answer 503.
};

/// Takes one verdict and passes it on: to a thread of this process or to another box. If a slot for a thread
/// is destroyed without a verdict, its promise is broken.
class verdict_slot {
public:
  verdict_slot() = default;
  /// For a thread that waits. A plain promise, because a blocking receive in a server thread costs five times
  /// as much.
  explicit verdict_slot(std::shared_ptr<std::promise<verdict>> waiting)
      : take_([waiting = std::move(waiting)](verdict given) { waiting->set_value(given); }) {}
  /// For anything else.
  explicit verdict_slot(std::function<void(verdict)> take) : take_(std::move(take)) {}

  /// Call at most once.
  void give(verdict given) const { take_(given); }

private:
  std::function<void(verdict)> take_;
};

/// One frame and the slot for its verdict. Local to the process.
struct submission {
  frame_ptr content;
  verdict_slot answer;
};

} // namespace parseflow
