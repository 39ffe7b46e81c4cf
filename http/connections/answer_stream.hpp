// An answer that is written while it is made: its parts wait here until the reader takes them.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "http/connections/exchange.hpp"
#include "messages/streams.hpp"

namespace parseflow::http {

/// The parts of one stream on their way from the producer to the socket. Holds no bytes of its own: a text that
/// many streams share is in memory once.
class answer_stream {
public:
  /// How a stream's end is shown to its reader.
  enum class framing {
    chunked, ///< The coding of HTTP/1.1: a stream that was cut lacks its last chunk.
    closed,  ///< HTTP/1.0: the end of the connection.
  };

  /// About so many bytes are written at once.
  static constexpr std::size_t piece_bytes = 64 * 1024;

  answer_stream(framing chosen, stream_permit permit) : framing_(chosen), permit_(std::move(permit)) {}

  /// False if more than `stream_window_bytes` would wait, or the last part has come already.
  bool add(const stream_parts::part& next, const stream_producer_actor& from);

  /// Appends the next piece to `output`, framed. False if nothing waits.
  bool fill(std::string& output);

  /// The piece has been written.
  void piece_taken();

  /// The last piece has been written.
  bool is_complete() const { return has_last_ && is_end_filled_ && piece_bytes_ == 0; }

  /// The bytes that are to be reported as taken now: little is saved up while more waits.
  std::size_t take_report();

  /// False if the stream is to be cut: its reader may read no longer.
  bool is_permitted() const { return !permit_ || permit_(); }

  /// Null until the first part has come.
  const stream_producer_actor& producer() const { return producer_; }

private:
  framing framing_;
  stream_permit permit_;
  stream_producer_actor producer_;
  std::deque<stream_text> waiting_;
  std::size_t waiting_bytes_ = 0;    // of `waiting_`, and of the piece being written
  std::size_t piece_bytes_ = 0;      // of the piece being written, without its framing
  std::size_t unreported_bytes_ = 0; // taken
  bool has_last_ = false, is_end_filled_ = false;
};

} // namespace parseflow::http
