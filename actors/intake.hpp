// The receiver's decisions, as a class without an actor: which frames are new, which verdict each request
// gets and when, which frames are parsed next and for which sinks, and which must be read from the
// journal again.
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

namespace parseflow::actors {

/// Keeps track of every frame from its arrival until the database has it. Takes events and returns what to do
/// next. Owns the waiting requests: each gets exactly one verdict. The course of a frame:
///
///   waiting → grouped → (durable:) queued → parsing → storing → gone
///                      unreconciled ────────↗  ↑   └→ deferred ─┐
///                                              └────────────────┘
///
/// A deferred frame is in the metrics, but there is no room yet to store it.
///
/// The bytes of durable frames stay in memory only within the budgets; of the others only the journal
/// position is kept.
class intake {
public:
  using time = std::chrono::steady_clock::time_point;

  /// The most frames that one `dispatch` returns. Small frames come in great numbers, and the receiver must
  /// answer requests between two calls.
  static constexpr std::size_t round = 256;
  /// The most frames that are with the parsers at a time.
  static constexpr std::size_t max_parsing = 4 * round;
  /// How often to try to read bytes that the journal could not read, and the pause before each further try.
  static constexpr int read_attempts = 5;
  static constexpr std::chrono::seconds read_backoff{5};

  /// A frame for the journal's open group.
  struct for_journal {
    std::uint64_t sequence = 0;
    frame_ptr content;
  };

  /// A frame to parse now. If `content` is null, read it from the journal.
  struct for_parser {
    std::uint64_t sequence = 0;
    frame_ptr content;
    db::journal_position at;
    frame_digest digest;
    delivery deliver_to = delivery::all;
    bool is_kept_raw = false;
  };

  /// A frame whose bytes the journal may drop.
  struct releasable {
    db::journal_position at;
    frame_digest digest;
    std::uint64_t body_bytes = 0;
  };

  /// A frame that was made durable but cannot be stored.
  struct lost_frame {
    frame_key key;
    db::journal_position at;
    std::uint64_t body_bytes = 0;
  };

  explicit intake(receiver_settings settings);

  /// Takes over the frames and ids that the journal already holds. The frames wait for `reconcile`. A frame
  /// whose group failed was written again: returns the earlier copies, which the journal may drop.
  std::vector<releasable> recover(const db::journal_recovery& found);
  /// Marks a frame to be kept raw. Returns its key; null if the frame is not under way.
  const frame_key* distrust(const frame_digest& deadly);

  /// A request brings a frame. A known frame's request is answered or waits with the first one; a new frame
  /// waits for the journal.
  void submit(submission arrival, time now);

  /// Whether the frame is under way or remembered as stored.
  bool knows(const frame_key& key) const;

  /// Whether the frame is under way.
  bool holds(const frame_digest& frame) const { return by_digest_.contains(frame); }

  /// False while the database lacks `max_unstored_frames` frames: new ones wait then.
  bool has_room() const { return room() > 0; }

  /// The waiting frames that may go to the journal now, oldest first.
  std::vector<for_journal> group();
  /// The frame is now part of the journal's open group. Call in the order of `group`.
  void grouped(std::uint64_t sequence, db::journal_position at);
  /// The group is on disk: all requests that wait for its frames get their verdict.
  void group_durable(time now);
  /// The group is not on disk: its frames wait for the journal again.
  void group_failed();

  /// The frames of earlier runs or from before a reset: only the database knows which of them it has. Skips
  /// the first `from` and returns at most `limit`.
  std::vector<frame_key> unreconciled(std::size_t from, std::size_t limit);
  /// The database has this frame, which is one of `unreconciled` or only remembered. Returns the bytes that
  /// the journal may drop. After a reset, calls have no effect until `unreconciled` is called again.
  std::optional<releasable> known(const frame_key& key);
  /// The database has reported all frames that it has: the unreconciled frames that are left are parsed from
  /// now on.
  void reconcile();
  /// The database has lost a frame that the journal still holds: the frame is stored again, but not
  /// counted again.
  void store_again(const db::recovered_frame& lost);

  /// The frames to parse now, within the budgets, oldest first: frames that came since the start before those
  /// of earlier runs, and both before frames that only the database lacks. If it returns `round` frames,
  /// there may be more.
  std::vector<for_parser> dispatch();
  /// The frame has left the parser; its batch, which takes `record_bytes` besides the body, is with the sinks
  /// that it is for.
  void parsed(std::uint64_t sequence, std::uint64_t record_bytes);
  /// The database has the frame. Returns nothing if the sequence is not under way.
  std::optional<releasable> stored(std::uint64_t sequence);
  /// The bytes of a frame that was to be parsed could not be read. Schedules another read after a pause and
  /// returns true. Returns false after `read_attempts` and changes nothing: call `lost` then.
  bool unreadable(std::uint64_t sequence, time now);
  /// Puts frames whose pause is over at the front of their queue.
  void read_again(time now);
  /// Gives up a frame whose bytes cannot be read.
  lost_frame lost(std::uint64_t sequence);

  /// The boxes downstream of the receiver were replaced and know nothing: after the next `reconcile`, every
  /// frame that is not stored is parsed again for all sinks.
  void reset();

  /// Answers requests whose time is up with `verdict::overloaded`. A frame that is not durable by then is
  /// forgotten with its last request.
  void expire(time now);

  /// From now on new frames are refused with `verdict::stopping`.
  void close() { is_closed_ = true; }
  /// Answers all waiting requests with `verdict::stopping`. Nothing may become durable after it.
  void dismiss_waiting();
  /// The verdicts that wait to be sent.
  settled_verdicts& settled() { return settled_; }

  /// True when every frame is durable and every request answered.
  bool are_all_durable() const { return waiting_.empty() && group_.empty(); }
  /// True when the database has every frame.
  bool is_idle() const { return entries_.empty(); }

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
    frame_ptr content; // null: its bytes are only in the journal
    frame_key key;
    frame_digest digest;
    db::journal_position at;
    timestamp received_at{};
    std::uint64_t body_bytes = 0;
    std::uint64_t record_bytes = 0; // counted in storing_bytes_ besides the body
    stage now = stage::waiting;
    delivery deliver_to = delivery::all;
    bool is_past = false; // the metrics lack it now, but had it before the start or a reset
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
  for_parser start(std::uint64_t sequence, entry& e, delivery deliver_to);
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
  std::deque<std::uint64_t> queue_;   // for a parser; the metrics lack them
  // Frames of earlier runs or from before a reset. They are parsed once the database has reported which it
  // has. Some may no longer be under way.
  std::deque<std::uint64_t> past_;
  std::deque<std::uint64_t> deferred_; // for a parser; only the database lacks them
  std::map<std::uint64_t, failed_read> failed_reads_;
  std::unordered_set<frame_digest, frame_digest_hash> deadly_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t oldest_ = 1;       // no entry has a lower sequence
  std::uint64_t queued_bytes_ = 0; // bodies of queued frames that are in memory
  std::uint64_t parsing_bytes_ = 0;
  std::size_t parsing_ = 0;
  std::size_t past_left_ = 0;       // entries that are `is_past`
  std::uint64_t storing_bytes_ = 0; // with the DB writer or on the way to it
  settled_verdicts settled_;
  receiver_status counters_;
  bool is_reconciled_ = false;
  bool is_asked_ = false; // `unreconciled` was called since the start or the last reset
  bool is_closed_ = false;
};

} // namespace parseflow::actors
