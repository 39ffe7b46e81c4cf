// STORE: where batches are kept for good. One interface, several databases; none of their types leaves db/.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "messages/alert.hpp"
#include "messages/batch.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::db {

/// What the caller can do next.
enum class outcome : std::uint8_t {
  done,     ///< Committed.
  retry,    ///< Connection or lock: nothing was stored; the same call may succeed later.
  in_doubt, ///< The connection broke during the commit: ask again with the same batches, the frame keys
            ///< decide.
  rejected, ///< The database refuses the data itself; nothing was stored.
};

/// An outcome, and for everything but `done` one sentence for people, without secrets.
struct [[nodiscard]] result {
  outcome code = outcome::done;
  std::string message;
};

/// What a write did. Of the given batches it names those that added nothing, because their frames were stored
/// before. Both lists are empty unless all is `done`.
struct [[nodiscard]] write_result : result {
  /// By another node.
  std::vector<batch_ptr> stored_elsewhere;
  /// By this node or a program of before version 0.1.0: as an earlier frame of the same key, or by an earlier
  /// try with the same batch that was in doubt.
  std::vector<batch_ptr> stored_here;
};

/// Some of the nodes that share a database: the named ones, or all but these.
struct node_filter {
  std::vector<std::string> names;
  bool is_except = true;

  static node_filter all() { return {}; }
  static node_filter only(std::string name) { return {{std::move(name)}, false}; }
  static node_filter all_but(std::vector<std::string> names) { return {std::move(names), true}; }
};

/// What is asked of one state of the database.
struct recall_question {
  node_filter rollups_of = node_filter::all();
  std::span<const frame_key> frames{};
  timestamp alerts_since{};
};

/// Who hears the answers. A part without an ear is not read.
struct recall_ears {
  /// Every rollup of the nodes `rollups_of`, in time order.
  std::function<void(stored_rollup)> on_rollup{};
  /// Each element of `frames` whose frame is stored.
  std::function<void(const frame_key&)> on_stored{};
  /// This node's alerts that are open, and those resolved at or after `alerts_since`, in the order in which
  /// they were raised.
  std::function<void(alert)> on_alert{};
};

/// What a recall did.
struct [[nodiscard]] recall_result : result {
  /// Rollups that cannot be read; all others were given.
  std::uint64_t unreadable_rollups = 0;
};

/// What `set_aside` keeps, summed up: the frames of one app and one reason.
struct rejected_group {
  std::string app;
  std::string reason;
  std::uint64_t frames = 0;
  timestamp first{};
  timestamp last{};
};

/// One frame that `set_aside` keeps.
struct rejected_frame {
  /// Grows with each that is set aside.
  std::int64_t number = 0;
  frame_ptr content;
};

/// A database. Calls block; one thread uses a store. No call throws.
class store {
public:
  virtual ~store() = default;

  /// `sqlite` or `postgresql`.
  virtual std::string_view kind() const = 0;

  /// Connects and applies the migrations that are missing. Call again after `retry`; a no-op while connected.
  /// `rejected`: the database cannot be used as it is (path, URL, newer schema), and trying again does not
  /// help.
  virtual result open() = 0;

  /// Stores batches in one transaction: lines, frame keys, and their partials added to the rollups. A batch
  /// whose frame key is already stored adds nothing. After anything but `done` nothing of it is stored (or,
  /// `in_doubt`, perhaps all).
  virtual write_result write(std::span<const batch_ptr> batches) = 0;

  /// Keeps a frame that the database rejects: raw bytes, key and `reason` go to the table `rejected_frame`. A
  /// frame whose key is there already is not kept again.
  virtual result set_aside(const frame& refused, std::string_view reason) = 0;

  /// Calls `take` with the sums of what is set aside, the most frames first.
  virtual result rejected_groups(const std::function<void(rejected_group)>& take) = 0;

  /// Calls `take` with the frames set aside whose number is above `after`, in order; some at a time, since
  /// each may have megabytes. None: that was all.
  virtual result rejected_frames(std::int64_t after, const std::function<void(rejected_frame)>& take) = 0;

  /// As `write`, for frames that are set aside: in the same transaction they are so no more.
  virtual write_result write_rejected(std::span<const batch_ptr> batches) = 0;

  /// Answers from one snapshot: what is committed meanwhile is in no part of the answer. Unless all is `done`
  /// the ears may have heard a part.
  virtual recall_result recall(const recall_question& question, const recall_ears& ears) = 0;

  /// A recall of rollups alone. `rejected` if some could not be read, after all others were given.
  result rollups(const node_filter& nodes, std::function<void(stored_rollup)> take);

  /// Stores alerts of this node in one transaction; one that is stored already gets its new state. An alert
  /// is known by type, app and `raised_at`.
  virtual result write_alerts(std::span<const alert> changed) = 0;

  /// What the database's write-ahead log takes on disk, as far as it is this program's to look after; else 0.
  virtual std::uint64_t log_bytes() const { return 0; }
};

/// The store that `storage_settings::url` names, not yet open. Keeps apart what can be removed together: see
/// db/retention.hpp. Precondition: the settings are valid.
std::unique_ptr<store> make_store(const storage_settings& storage, const retention_settings& kept);

} // namespace parseflow::db
