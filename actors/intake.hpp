// The receiver's decisions, without an actor: which frame is new, who is told what and when, what is parsed
// next and for which sinks, and what must be read again from the journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "actors/frame_memory.hpp"
#include "db/journal/journal.hpp"
#include "messages/answer.hpp"
#include "messages/batch.hpp"
#include "messages/query.hpp"
#include "messages/settings.hpp"

namespace parseflow {

/// Every frame from its arrival until the database has it. Takes events and says what to do next; owns the
/// waiting requests: each gets exactly one verdict. A frame's way:
///
///   waiting → grouped → (durable:) queued → parsing → storing → gone
///                                    ↑         └→ deferred ─┐        (metrics have it, the database is
///                                    behind) └──────────────────────┘
///
/// Bytes of durable frames stay in memory within the budgets only; beyond them the frame is its journal
/// position.
class intake {
public:
  using time = std::chrono::steady_clock::time_point;

  /// A frame for the journal's open group.
  struct for_journal {
    std::uint64_t sequence = 0;
    frame_ptr content;
  };

  /// A frame to parse now. Null content: read it from the journal.
  struct for_parser {
    std::uint64_t sequence = 0;
    frame_ptr content;
    db::journal_position at;
    route way = route::everywhere;
  };

  /// A frame whose bytes the journal may drop.
  struct releasable {
    db::journal_position at;
    frame_digest digest;
    std::uint64_t body_bytes = 0;
  };

  explicit intake(receiver_settings settings);

  /// Frames and ids that the journal held already. The frames wait for `reconcile`.
  void recover(const db::journal_recovery& found);

  /// A request brings a frame. Known ones are answered or joined, new ones wait for the journal.
  void submit(submission arrival, time now);

  /// Whether the frame was brought before.
  bool knows(const frame_key& key) const;

  /// False while there are `max_unstored_frames` that the database lacks: then new ones wait.
  bool has_room() const { return room() > 0; }

  /// The frames that wait for the journal and may go there, oldest first.
  std::vector<for_journal> group();
  /// The frame is part of the journal's open group.
  void grouped(std::uint64_t sequence, db::journal_position at);
  /// The group is on disk: all who wait for its frames are told.
  void group_durable(time now);
  /// The group is not on disk: its frames wait for the journal again.
  void group_failed();

  /// Frames of earlier runs, or from before a reset: only the database knows which of them it has.
  std::vector<frame_key> unreconciled() const;
  /// The database has told: it has `stored`. The other unreconciled frames are parsed from now on. Returns
  /// what the journal may drop.
  std::vector<releasable> reconcile(const std::vector<frame_key>& stored);

  /// The frames to parse now, within the budgets, oldest first.
  std::vector<for_parser> dispatch();
  /// The frame left the parser; its batch, which takes `record_bytes` beside the body, is with the sinks of
  /// its way.
  void parsed(std::uint64_t sequence, std::uint64_t record_bytes);
  /// The database has the frame. Nothing for a sequence that is not under way.
  std::optional<releasable> stored(std::uint64_t sequence);
  /// The frame's bytes cannot be read from the journal any more: it is given up.
  std::optional<releasable> lost(std::uint64_t sequence);

  /// The boxes behind the receiver were replaced and know nothing: every frame that is not stored is parsed
  /// again for all sinks, after the next `reconcile`.
  void reset();

  /// Tells requests that are out of time. A frame that was not durable by then is forgotten with its last
  /// request.
  void expire(time now);

  /// From now on new frames are refused with `verdict::stopping`.
  void close() { closed_ = true; }
  /// Tells all who still wait `verdict::stopping`. Nothing becomes durable after it.
  void dismiss_waiting();

  /// True when every frame is durable and every request answered.
  bool all_durable() const { return waiting_.empty() && group_.empty(); }
  /// True when the database has every frame.
  bool idle() const { return entries_.empty(); }

  /// Fills in what the intake knows. `now` is the time of day.
  void describe(receiver_status& status, timestamp now) const;

private:
  enum class stage : std::uint8_t { waiting, grouped, unreconciled, queued, parsing, deferred, storing };

  struct waiter {
    verdict_slot answer;
    time deadline;
  };

  struct entry {
    frame_ptr content; // null: only in the journal
    frame_key key;
    frame_digest digest;
    db::journal_position at;
    timestamp received_at{};
    std::uint64_t body_bytes = 0;
    std::uint64_t record_bytes = 0; // in storing_bytes_, beside the body
    stage now = stage::waiting;
    route way = route::everywhere;
    std::vector<waiter> waiters;
  };

  using entries = std::unordered_map<std::uint64_t, entry>;

  std::uint64_t room() const;
  void enqueue(std::uint64_t sequence, entry& e);
  std::optional<releasable> finish(entries::iterator done);
  void pass_gone();

  receiver_settings settings_;
  frame_memory stored_;
  entries entries_;
  std::unordered_map<frame_digest, std::uint64_t, frame_digest_hash> by_digest_;
  std::deque<std::uint64_t> waiting_;  // for the journal
  std::vector<std::uint64_t> group_;   // in the journal's open group
  std::deque<std::uint64_t> queue_;    // for a parser, metrics lack them
  std::deque<std::uint64_t> deferred_; // for a parser, only the database lacks them
  std::uint64_t last_sequence_ = 0;
  std::uint64_t oldest_ = 1;       // no entry has a lower sequence
  std::uint64_t queued_bytes_ = 0; // of queued frames whose bytes are in memory
  std::uint64_t parsing_bytes_ = 0;
  std::uint64_t storing_bytes_ = 0; // with the DB writer, or on the way to it
  receiver_status counters_;
  bool reconciled_ = false;
  bool closed_ = false;
};

} // namespace parseflow
