// The receiver's decisions, without an actor: which frame is new, who is told what and when, what is parsed
// next and for which sinks, and what must be read again from the journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/frame_memory.hpp"
#include "db/journal/journal.hpp"
#include "messages/batch.hpp"
#include "messages/settings/settings.hpp"
#include "messages/status.hpp"
#include "messages/submission.hpp"

namespace parseflow {

/// Every frame from its arrival until the database has it. Takes events and says what to do next; owns the
/// waiting requests: each gets exactly one verdict. A frame's way:
///
///   waiting → grouped → (durable:) queued → parsing → storing → gone
///                      unreconciled ────────↗  ↑   └→ deferred ─┐
///                                              └────────────────┘
///
/// A deferred frame is in the metrics, and the database has no room for it yet.
///
/// Bytes of durable frames stay in memory within the budgets only; beyond them the frame is its journal
/// position.
class intake {
public:
  using time = std::chrono::steady_clock::time_point;

  /// Frames that one `dispatch` gives out at most. What is small comes in great numbers, and the receiver has
  /// requests to answer between two of them.
  static constexpr std::size_t round = 256;
  /// Frames that are with the parsers at most.
  static constexpr std::size_t max_parsing = 4 * round;
  /// How often bytes that cannot be read are read again, and how long it waits before each time.
  static constexpr int read_attempts = 5;
  static constexpr std::chrono::seconds read_pause{5};

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
    frame_digest digest;
    route way = route::everywhere;
    bool keep_raw = false;
  };

  /// A frame whose bytes the journal may drop.
  struct releasable {
    db::journal_position at;
    frame_digest digest;
    std::uint64_t body_bytes = 0;
  };

  /// A frame that was taken in and never stored.
  struct lost_frame {
    frame_key key;
    db::journal_position at;
    std::uint64_t body_bytes = 0;
  };

  explicit intake(receiver_settings settings);

  /// Frames and ids that the journal held already. The frames wait for `reconcile`. A frame whose group
  /// failed was written again: returns the former copies, which the journal may drop.
  std::vector<releasable> recover(const db::journal_recovery& found);
  /// The frame is to be kept raw. Its key; null if it is not there.
  const frame_key* distrust(const frame_digest& deadly);

  /// A request brings a frame. Known ones are answered or joined, new ones wait for the journal.
  void submit(submission arrival, time now);

  /// Whether the frame was brought before.
  bool knows(const frame_key& key) const;

  /// Whether the frame is under way.
  bool holds(const frame_digest& frame) const { return by_digest_.contains(frame); }

  /// False while there are `max_unstored_frames` that the database lacks: then new ones wait.
  bool has_room() const { return room() > 0; }

  /// The frames that wait for the journal and may go there, oldest first.
  std::vector<for_journal> group();
  /// The frame is part of the journal's open group. Call in the order of `group`.
  void grouped(std::uint64_t sequence, db::journal_position at);
  /// The group is on disk: all who wait for its frames are told.
  void group_durable(time now);
  /// The group is not on disk: its frames wait for the journal again.
  void group_failed();

  /// Frames of earlier runs, or from before a reset: only the database knows which of them it has. At most
  /// `limit` of them, after the first `from`.
  std::vector<frame_key> unreconciled(std::size_t from, std::size_t limit);
  /// The database has the frame: one of those, or another that is only remembered. Returns what the journal
  /// may drop. After a reset nothing counts that was told before `unreconciled` was asked again.
  std::optional<releasable> known(const frame_key& key);
  /// It has told all: the unreconciled frames that are left are parsed from now on.
  void reconcile();
  /// The database has lost a frame that it had, and that is in the journal still: it goes there again, and
  /// not to the metrics.
  void store_again(const db::recovered_frame& lost);

  /// The frames to parse now, within the budgets, oldest first: what came in since the start before what
  /// earlier runs left, and both before what only the database lacks. `round` of them mean that there may be
  /// more.
  std::vector<for_parser> dispatch();
  /// The frame left the parser; its batch, which takes `record_bytes` beside the body, is with the sinks of
  /// its way.
  void parsed(std::uint64_t sequence, std::uint64_t record_bytes);
  /// The database has the frame. Nothing for a sequence that is not under way.
  std::optional<releasable> stored(std::uint64_t sequence);
  /// The bytes of a frame that was to be parsed could not be read: they are read again after a pause. False
  /// after `read_attempts`: nothing has changed, and it is `lost`.
  bool unreadable(std::uint64_t sequence, time now);
  /// Puts frames whose pause is over back into their order.
  void read_again(time now);
  /// The bytes of a frame that was to be parsed are given up.
  lost_frame lost(std::uint64_t sequence);

  /// The boxes behind the receiver were replaced and know nothing: every frame that is not stored is parsed
  /// again for all sinks, after the next `reconcile`.
  void reset();

  /// Tells requests that are out of time. A frame that was not durable by then is forgotten with its last
  /// request.
  void expire(time now);

  /// From now on new frames are refused with `verdict::stopping`.
  void close() { is_closed_ = true; }
  /// Tells all who still wait `verdict::stopping`. Nothing becomes durable after it.
  void dismiss_waiting();

  /// True when every frame is durable and every request answered.
  bool all_durable() const { return waiting_.empty() && group_.empty(); }
  /// True when the database has every frame.
  bool idle() const { return entries_.empty(); }

  /// Fills in what the intake knows. `now` is the time of day.
  void describe(receiver_status& status, timestamp now) const;

private:
  enum class stage : std::uint8_t {
    waiting,
    grouped,
    unreconciled,
    queued,
    parsing,
    unreadable,
    deferred,
    storing
  };

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
    bool is_past = false; // the metrics lack it, and had it before the start or a reset
    std::vector<waiter> waiters;
  };

  struct failed_read {
    int count = 0;
    time again_at;
  };

  using entries = std::unordered_map<std::uint64_t, entry>;

  std::uint64_t room() const;
  bool has_room_with_parsers(std::uint64_t bytes) const;
  bool has_room_in_database(std::uint64_t bytes) const;
  for_parser start(std::uint64_t sequence, entry& e, route way);
  void leave_parser(entry& e);
  void dispatch_from(std::deque<std::uint64_t>& frames, std::vector<for_parser>& result);
  void enqueue(std::uint64_t sequence, entry& e);
  releasable finish(entries::iterator stored);
  void forget(entries::iterator done);
  void is_counted(entry& e);
  void pass_gone();

  receiver_settings settings_;
  frame_memory stored_;
  entries entries_;
  std::unordered_map<frame_digest, std::uint64_t, frame_digest_hash> by_digest_;
  std::deque<std::uint64_t> waiting_; // for the journal
  std::vector<std::uint64_t> group_;  // in the journal's open group
  std::deque<std::uint64_t> queue_;   // for a parser, metrics lack them
  // Of earlier runs, or from before a reset; for a parser once the database has told what it has. Some are
  // gone.
  std::deque<std::uint64_t> past_;
  std::deque<std::uint64_t> deferred_; // for a parser, only the database lacks them
  std::map<std::uint64_t, failed_read> failed_reads_;
  std::unordered_set<frame_digest, frame_digest_hash> deadly_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t oldest_ = 1;       // no entry has a lower sequence
  std::uint64_t queued_bytes_ = 0; // of queued frames whose bytes are in memory
  std::uint64_t parsing_bytes_ = 0;
  std::size_t parsing_ = 0;
  std::size_t past_left_ = 0;       // entries that are `is_past`
  std::uint64_t storing_bytes_ = 0; // with the DB writer, or on the way to it
  receiver_status counters_;
  bool is_reconciled_ = false;
  bool is_asked_ = false; // for the unreconciled frames, since the start or the last reset
  bool is_closed_ = false;
};

} // namespace parseflow
