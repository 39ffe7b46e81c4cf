// Which frame a parser has in hand, noted where it outlives the process.
#pragma once

#include <atomic>
#include <cstdint>

#include "messages/frame_digest.hpp"

namespace parseflow {

/// Lies in a mapped file, so that writing it costs two stores. One parser writes it; it is read after the
/// process has ended. All zeros: nothing is in hand.
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
