// Answers that are streams: how a box sends the parts of an answer to its reader, and learns how far they got.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/all.hpp>

namespace parseflow {

/// How many bytes of one stream may wait for its reader: what was sent, less what was reported as taken. An
/// event loop cuts a stream that has more.
inline constexpr std::size_t stream_window_bytes = 1024 * 1024;

/// How long a producer may be silent: an event loop takes it for dead afterwards, and ends the stream.
inline constexpr std::chrono::seconds stream_silence{60};

/// Shared by all streams that get the same text.
using stream_text = std::shared_ptr<const std::string>;

/// STREAM SINK → STREAM PRODUCER: how streams are doing.
struct stream_reports {
  enum class state : std::uint8_t {
    goes_on,
    ending, ///< The service stops: send the last part soon, or the stream is cut.
    over,   ///< The reader has gone, or the stream was cut: nothing more can be sent.
  };
  struct report {
    std::uint64_t stream = 0;
    /// Bytes that the reader has taken since the last report.
    std::size_t taken_bytes = 0;
    state now = state::goes_on;
  };
  std::vector<report> all;
};

/// STREAM PRODUCER: sends the parts of streams.
using stream_producer_actor = caf::typed_actor<
    // Sent when readers have taken something, have gone, or must be let go.
    caf::reacts_to<stream_reports>>;

/// STREAM PRODUCER → STREAM SINK: the next parts of some of its streams.
struct stream_parts {
  struct part {
    std::uint64_t stream = 0;
    /// May be null if this is the last part.
    stream_text text;
    bool is_last = false;
  };
  /// Gets the reports about these streams.
  stream_producer_actor from;
  std::vector<part> all;
};

/// STREAM SINK: an event loop of the HTTP side, which passes the parts on to their readers.
using stream_sink_actor = caf::typed_actor<
    // Parts for a stream that is over are dropped, and it is reported once more as over.
    caf::reacts_to<stream_parts>>;

/// Where the parts of one stream go.
struct stream_slot {
  stream_sink_actor sink;
  /// Unique in the process.
  std::uint64_t stream = 0;
};

/// Has a producer begin a stream. Called once, when the head of the answer is on its way; must not wait.
using stream_beginning = std::function<void(const stream_slot&)>;

} // namespace parseflow
