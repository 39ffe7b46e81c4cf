// What an event loop knows about one of its clients.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/connections/answer_stream.hpp"
#include "http/connections/body_reader.hpp"
#include "http/connections/client_socket.hpp"
#include "http/connections/drain_way.hpp"
#include "http/connections/input_buffer.hpp"
#include "http/connections/pool_request.hpp"
#include "messages/ip_address.hpp"

namespace parseflow::http {

/// A request whose head has arrived and that is not answered yet. One of `drain` and `pooled` is there.
struct open_request {
  announced_body announced;
  std::unique_ptr<drain_request> drain;
  std::shared_ptr<pool_request> pooled;
  std::optional<body_reader> body; // empty if the body is not kept
};

struct client {
  using clock = std::chrono::steady_clock;

  /// The course of a request:
  ///
  ///   head (→ checking or held → head) → body → (reserving →) working → parked → writing → dropping → head
  ///
  /// A request for the pool is not parked, and its answer may be a stream: working → streaming. A request that
  /// is refused goes to `writing` at once.
  enum class state : std::uint8_t {
    unnamed,   ///< A proxy's PROXY header is awaited.
    shaking,   ///< The TLS handshake is under way.
    head,      ///< Between requests, or a head is arriving.
    checking,  ///< Its credentials are with the pool; the head is still in the input.
    held,      ///< Nobody knows yet whose its credentials are; the head is still in the input.
    body,      ///< A body that is kept is arriving.
    reserving, ///< The body has arrived; there is no room yet for what it inflates to.
    working,   ///< With the pool.
    parked,    ///< The verdict is awaited.
    writing,   ///< The answer is on its way.
    streaming, ///< The answer is on its way while it is made.
    dropping,  ///< The rest of a body that nobody reads is arriving.
    ending,    ///< Our side is shut down; what the peer still sends is dropped.
    gone,      ///< Closed; its place is free after this round.
  };

  client(file_descriptor connected, const ip_address& from, std::uint32_t place, input_memory& blocks)
      : socket(std::move(connected)), address(from), index(place), input(blocks) {}

  client_socket socket;
  /// Of the client, or of the proxy that passes on the requests of many.
  ip_address address;
  std::uint32_t index;
  /// Told apart from earlier requests of this place by this number.
  std::uint32_t serial = 0;
  state now = state::head;
  /// The socket may have bytes, as far as is known.
  bool may_read = false;
  /// The peer has closed its side.
  bool has_hung_up = false;
  bool is_trusted = false;
  /// From the first byte of a request until it is answered.
  bool has_started = false;
  /// The connection ends after this answer.
  bool closes = false;
  std::uint8_t empty_lines = 0;
  /// It waits for room in the budget of bodies.
  bool is_stalled = false;
  /// Counts among the strangers of its address.
  bool is_counted = false;
  /// Another round is due without an event.
  bool is_due = false;
  clock::time_point deadline;
  /// When this state began; in `head`, when the client was accepted or last answered.
  clock::time_point since;
  clock::time_point stalled_since;
  std::optional<clock::time_point> arrived; // of a drain request that was checked or held
  /// When the whole body must have arrived; `deadline` is before it, to look at the rate.
  clock::time_point arrive_by;
  std::uint64_t taken_before = 0; // bytes of the body that had arrived at the last look
  std::size_t searched = 0;       // bytes of the input in which no head ends
  input_buffer input;
  std::shared_ptr<open_request> request; // also the pool's while that works on it
  std::string output;
  std::size_t sent = 0;
  std::unique_ptr<answer_stream> stream; // null if the answer is none
  std::uint64_t to_drop = 0;             // bytes of the body that are still to arrive after the answer
};

} // namespace parseflow::http
