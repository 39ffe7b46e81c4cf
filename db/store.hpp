// STORE: keeps batches permanently. One interface for several databases; none of their types leaves db/.
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
  retry,    ///< Connection or lock failed: nothing was stored; the same call may succeed later.
  in_doubt, ///< The connection broke during the commit: call again with the same batches; their frame
            ///< keys decide.
  rejected, ///< The database refuses the data itself; nothing was stored.
};

/// An outcome, and unless it is `done` one sentence for people, without secrets.
struct [[nodiscard]] result {
  outcome code = outcome::done;
  std::string message;
};

/// What a write did. Lists the batches that added nothing because their frames were stored before. Both lists
/// are empty unless the outcome is `done`.
struct [[nodiscard]] write_result : result {
  /// Stored by another node.
  std::vector<batch_ptr> stored_elsewhere;
  /// Stored by this node or by a version before 0.1.0: an earlier frame had the same key, or an earlier try
  /// with the same batch was in doubt.
  std::vector<batch_ptr> stored_here;
};

/// Selects among the nodes that share a database: only the named ones, or all except these.
struct node_filter {
  std::vector<std::string> names;
  bool is_except = true;

  static node_filter all() { return {}; }
  static node_filter only(std::string name) { return {{std::move(name)}, false}; }
  static node_filter all_but(std::vector<std::string> names) { return {std::move(names), true}; }
};

/// What to read from one snapshot of the database.
struct recall_question {
  node_filter rollups_of = node_filter::all();
  std::span<const frame_key> frames{};
  timestamp alerts_since{};
};

/// The callbacks that receive the answers. A part without a callback is not read.
struct recall_callbacks {
  /// Called with every rollup of the nodes `rollups_of`, in time order.
  std::function<void(stored_rollup)> on_rollup{};
  /// Called with each element of `frames` whose frame is stored.
  std::function<void(const frame_key&)> on_stored{};
  /// Called with this node's alerts that are open or were resolved at or after `alerts_since`, in the order
  /// in which they were raised.
  std::function<void(alert)> on_alert{};
};

/// What a recall did.
struct [[nodiscard]] recall_result : result {
  /// The number of rollups that could not be read; all others were passed on.
  std::uint64_t unreadable_rollups = 0;
};

/// A summary of what `set_aside` keeps: the frames of one app with one reason.
struct rejected_group {
  std::string app;
  std::string reason;
  std::uint64_t frames = 0;
  timestamp first{};
  timestamp last{};
};

/// One frame that `set_aside` keeps.
struct rejected_frame {
  /// Increases with each frame that is set aside.
  std::int64_t number = 0;
  frame_ptr content;
};

/// A database. Calls block; only one thread may use a store. No call throws.
class store {
public:
  virtual ~store() = default;

  /// `sqlite` or `postgresql`.
  virtual std::string_view kind() const = 0;

  /// Connects and applies the migrations that are missing. Call again after `retry`; a no-op while connected.
  /// `rejected`: the database cannot be used as it is (path, URL, newer schema); trying again does not help.
  virtual result open() = 0;

  /// Stores batches in one transaction: lines, frame keys, and their partial rollups added to the stored
  /// ones. A batch whose frame key is already stored adds nothing. Unless the outcome is `done`, nothing of
  /// it is stored (or, if `in_doubt`, perhaps all).
  virtual write_result write(std::span<const batch_ptr> batches) = 0;

  /// Keeps a frame that the database rejects: its raw bytes, its key and `reason` go to the table
  /// `rejected_frame`. A frame whose key is there already is not kept again.
  virtual result set_aside(const frame& refused, std::string_view reason) = 0;

  /// Calls `take` with a summary per app and reason of the frames set aside, those with the most
  /// frames first.
  virtual result rejected_groups(const std::function<void(rejected_group)>& take) = 0;

  /// Calls `take` with some of the frames set aside whose number is above `after`, in order. It passes only
  /// some at a time, since each may have megabytes. If it calls `take` for none, there are no more.
  virtual result rejected_frames(std::int64_t after, const std::function<void(rejected_frame)>& take) = 0;

  /// Like `write`, for frames that are set aside. The same transaction removes them from `rejected_frame`.
  virtual write_result write_rejected(std::span<const batch_ptr> batches) = 0;

  /// Answers from one snapshot: no part of the answer contains what is committed meanwhile. Unless the
  /// outcome is `done`, the callbacks may have received a part.
  virtual recall_result recall(const recall_question& question, const recall_callbacks& callbacks) = 0;

  /// A recall of only the rollups. `rejected` if some could not be read, after all others were passed on.
  result rollups(const node_filter& nodes, std::function<void(stored_rollup)> take);

  /// Stores alerts of this node in one transaction; an alert that is already stored gets its new state. Type,
  /// app and `raised_at` identify an alert.
  virtual result write_alerts(std::span<const alert> changed) = 0;

  /// The bytes that the database's write-ahead log takes on disk if this program has to look after it;
  /// else 0.
  virtual std::uint64_t log_bytes() const { return 0; }
};

/// The store that `storage_settings::url` names, not yet open. In PostgreSQL `kept` limits the age of days
/// that get partitions, so that retention does not drop one at once. Precondition: the settings are valid.
std::unique_ptr<store> make_store(const storage_settings& storage, const retention_settings& kept);

} // namespace parseflow::db
