// A note of the frame that a parser is working on, kept where it outlives the process.
#pragma once

#include <atomic>
#include <cstdint>

#include "messages/frame_digest.hpp"

namespace parseflow {

/// Lies in a mapped file, so writing it costs two stores to memory. One parser writes it, and the next run
/// reads it. All zeros: the parser works on nothing.
struct hand_note {
  std::atomic<std::uint64_t> low = 0;
  std::atomic<std::uint64_t> high = 0;

  void write(const frame_digest& in_hand) {
    low.store(in_hand.low, std::memory_order_relaxed);
    high.store(in_hand.high, std::memory_order_relaxed);
  }
  frame_digest read() const { return {low.load(), high.load()}; }
};

static_assert(sizeof(hand_note) == sizeof(frame_digest) && std::atomic<std::uint64_t>::is_always_lock_free);

} // namespace parseflow
