// The receiver's decisions, without an actor: which frame is new, which has room, who is told what and when.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/frame_memory.hpp"
#include "messages/answer.hpp"
#include "messages/query.hpp"
#include "messages/settings.hpp"

namespace parseflow {

/// Every frame under way, from its arrival until it is durable. Takes events, and says which frames may go to
/// a parser now. Owns the waiting requests: each of them gets exactly one verdict.
class intake {
public:
  using time = std::chrono::steady_clock::time_point;

  /// A frame that has room: to be parsed now.
  struct admitted {
    std::uint64_t sequence = 0;
    frame_ptr content;
  };

  explicit intake(receiver_settings settings);

  /// A request brings a frame. Known ones are answered or joined, new ones wait for room.
  void submit(submission arrival, time now);

  /// Frames of earlier runs; nothing is admitted before `complete`.
  void remember(const std::vector<frame_key>& keys, bool complete);

  /// The frame left the parser: its share of the parsing budget is free. Unknown sequences were durable
  /// before.
  void parsed(std::uint64_t sequence);

  /// The frame is durable: all who wait for it are told.
  void committed(std::uint64_t sequence);

  /// Tells requests that are out of time; a frame that was not admitted yet is forgotten with its last
  /// request.
  void expire(time now);

  /// From now on new frames are refused with `verdict::stopping`; those under way go on.
  void close() { closed_ = true; }

  /// The frames that have room now, oldest first. Their bytes are taken from the budgets.
  std::vector<admitted> admit();

  /// True when nothing is under way or held.
  bool idle() const { return entries_.empty(); }

  /// Fills in what the intake knows: counters, budgets, held requests.
  void describe(receiver_status& status) const;

private:
  enum class stage : std::uint8_t { held, parsing, storing };

  struct waiter {
    std::shared_ptr<std::promise<verdict>> answer;
    time deadline;
  };

  struct entry {
    frame_ptr content;
    frame_digest digest;
    stage at = stage::held;
    std::vector<waiter> waiters;
  };

  bool has_room(std::uint64_t bytes) const;
  void forget(std::uint64_t sequence);

  receiver_settings settings_;
  frame_memory stored_;
  std::unordered_map<std::uint64_t, entry> entries_;
  // Only frames with an id: the others equal nothing.
  std::unordered_map<frame_digest, std::uint64_t, frame_digest_hash> by_digest_;
  std::deque<std::uint64_t> held_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t parsing_bytes_ = 0;
  std::uint64_t unstored_bytes_ = 0;
  std::uint64_t unstored_frames_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t overloaded_ = 0;
  bool remembers_all_ = false;
  bool closed_ = false;
};

} // namespace parseflow
