// The frames that the receiver gives to a parser, and the receipt that it gets back.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "messages/batch.hpp"
#include "messages/frame.hpp"
#include "messages/frame_digest.hpp"
#include "messages/hand_note.hpp"

namespace parseflow {

/// One frame to parse.
struct parse_job {
  std::uint64_t sequence = 0;
  frame_ptr content;
  frame_digest digest;
  delivery deliver_to = delivery::all;
  /// Parsing this frame has crashed parsers or the process before: keep its bytes as one malformed
  /// line instead.
  bool is_kept_raw = false;
};

/// RECEIVER → parser: frames to parse, in this order. One message for each frame would cost more than parsing
/// one line does.
struct parse_group {
  std::vector<parse_job> jobs;
  /// Where the parser notes which frame it is working on; null: nowhere.
  std::shared_ptr<hand_note> in_hand;
};

/// Parser → RECEIVER: the batches of a group are with the router.
struct parse_receipt {
  /// Lines in the batches that go to the metrics.
  std::uint64_t lines = 0;
  /// Memory that each batch takes besides its body, in the order of the group.
  std::vector<std::uint64_t> record_bytes;
};

template <class Inspector>
auto inspect(Inspector& f, parse_receipt& x) {
  return f(x.lines, x.record_bytes);
}

} // namespace parseflow
