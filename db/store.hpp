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
#include "messages/settings.hpp"

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
struct result {
  outcome code = outcome::done;
  std::string message;
};

/// What a write did.
struct write_result : result {
  /// Of the given batches those that added nothing because another node had stored their frames before. Empty
  /// unless all is `done`.
  std::vector<batch_ptr> stored_elsewhere;
};

/// Some of the nodes that share a database: the named ones, or all but these.
struct node_filter {
  std::vector<std::string> names;
  bool is_except = true;

  static node_filter all() { return {}; }
  static node_filter only(std::string name) { return {{std::move(name)}, false}; }
  static node_filter all_but(std::vector<std::string> names) { return {std::move(names), true}; }
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

  /// Calls `take` with the keys of frames received at or after `since`, newest first, at most `limit`.
  /// Names above 255 bytes come shortened, as they are stored.
  virtual result recent_frames(timestamp since, std::size_t limit,
                               const std::function<void(frame_key)>& take) = 0;

  /// Calls `take` with those of `keys` whose frames are stored.
  virtual result stored_among(std::span<const frame_key> keys,
                              const std::function<void(const frame_key&)>& take) = 0;

  /// Calls `take` with every stored rollup of `nodes`, in time order. `rejected` if some could not be read,
  /// after all others were given.
  virtual result rollups(const node_filter& nodes, const std::function<void(stored_rollup)>& take) = 0;

  /// Stores alerts of this node in one transaction; one that is stored already gets its new state. An alert
  /// is known by type, app and `raised_at`.
  virtual result write_alerts(std::span<const alert> changed) = 0;

  /// Calls `take` with this node's alerts that are open, and those resolved at or after `since`, in the order
  /// in which they were raised.
  virtual result alerts(timestamp since, const std::function<void(alert)>& take) = 0;
};

/// The store that `storage_settings::url` names, not yet open. Keeps apart what can be removed together: see
/// db/retention.hpp. Precondition: the settings are valid.
std::unique_ptr<store> make_store(const storage_settings& storage, const retention_settings& kept);

} // namespace parseflow::db
