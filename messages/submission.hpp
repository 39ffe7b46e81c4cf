// One frame on its way into the pipeline, and how its verdict finds the request that brought it.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <caf/all.hpp>

#include "messages/frame.hpp"

namespace parseflow {

/// How a frame ended up, from the sender's point of view.
enum class verdict : std::uint8_t {
  stored,     ///< Durable. Answer 204.
  duplicate,  ///< Was durable already. Answer 204.
  overloaded, ///< No room, or not durable in time: the sender must try again. Answer 503.
  stopping,   ///< The service is going down; not taken in. Answer 503.
};

/// Box → VERDICT SINK: verdicts that were settled at the same time, each with the number of its request.
struct verdicts {
  struct settled {
    std::uint64_t request = 0;
    verdict given{};
  };
  std::vector<settled> all;
};

/// VERDICT SINK: answers the requests of one event loop of the HTTP side.
using verdict_sink_actor = caf::typed_actor<
    // The requests of a commit share one message. A number that the sink does not know is ignored.
    caf::reacts_to<verdicts>>;

/// Where the verdict of one submission goes: to a request of a sink, or to a function. Give it at most one.
class verdict_slot {
public:
  verdict_slot() = default;
  /// For the request that `sink` knows as `request`.
  verdict_slot(verdict_sink_actor sink, std::uint64_t request) : sink_(std::move(sink)), request_(request) {}
  /// For anything else, such as another box.
  explicit verdict_slot(std::function<void(verdict)> take) : take_(std::move(take)) {}

private:
  friend class settled_verdicts;

  verdict_sink_actor sink_;
  std::uint64_t request_ = 0;
  std::function<void(verdict)> take_;
};

/// Collects verdicts until the box that gives them has settled all it can, so that the requests of one sink
/// share a message. Used by one box.
class settled_verdicts {
public:
  /// Functions are called at once; verdicts for sinks wait for `send_from`.
  void give(const verdict_slot& slot, verdict given);

  /// Sends each sink its verdicts. Call at the end of every handler that may have given some.
  template <class Self>
  void send_from(Self* self) {
    for (auto& [sink, given] : sinks_)
      if (!given.all.empty())
        self->send(sink, std::exchange(given, {}));
  }

private:
  // A few event loops. A sink stays until the box ends.
  std::vector<std::pair<verdict_sink_actor, verdicts>> sinks_;
};

/// One frame and the slot for its verdict. Local to the process.
struct submission {
  frame_ptr content;
  verdict_slot answer;
};

/// HTTP → ENTRY: the frames of requests that arrived at the same time. One message for each would cost more
/// than reading the request does.
struct submissions {
  std::vector<submission> all;
};

} // namespace parseflow
