// RETENTION: removes what is older than the settings want it kept, and folds old rollups into coarser ones,
// in small steps beside the store that writes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/rollup_fold.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// A table that grows.
struct kept_table {
  std::string_view name;
  /// The column that dates a row.
  std::string_view date;
  std::chrono::seconds retention_settings::*age;
};

/// Every table that grows, in the order of a pass.
inline constexpr std::array<kept_table, 7> kept_tables{{
    {"request", "at", &retention_settings::requests},
    {"log_line", "at", &retention_settings::log_lines},
    {"sample", "at", &retention_settings::samples},
    {"rollup", "minute", &retention_settings::rollups},
    {"rejected_frame", "received_at", &retention_settings::rejected_frames},
    {"frame", "received_at", &retention_settings::frames},
    {"alert", "resolved_at", &retention_settings::alerts}, // NULL while it is open: it stays
}};

/// What a pass goes by.
struct retention_limits {
  /// When it began.
  timestamp now{};
  /// Frame keys as young as this stay, however short `retention_settings::frames` is.
  timestamp keep_frames_since = timestamp::max();
};

/// Rows of `table` dated before this go; nothing: all stay.
inline std::optional<timestamp> cutoff(const kept_table& table, const retention_settings& kept,
                                       const retention_limits& limits) {
  const std::chrono::seconds age = kept.*table.age;
  if (age == std::chrono::seconds::zero())
    return std::nullopt;
  const timestamp aged = limits.now - age;
  return table.name == "frame" ? std::min(aged, limits.keep_frames_since) : aged;
}

/// By what else than the system's clock one can tell the time.
struct retention_clocks {
  /// `done` or `retry`.
  result outcome;
  /// Of a server; nothing if the database has no clock of its own.
  std::optional<timestamp> database;
  /// The minute of the newest rollup; nothing if there is none.
  std::optional<timestamp> newest_line;
};

/// What one step did.
struct retention_step {
  /// `done` or `retry`: then nothing was changed, and a later step may succeed.
  result outcome;
  /// Rows removed, by the index in `kept_tables`.
  std::array<std::uint64_t, kept_tables.size()> rows{};
  /// Names of the partitions that were dropped with all their rows.
  std::vector<std::string> partitions;
  /// Rollups that became coarser ones.
  folded_rows folded;
  /// Nothing is left to do for now.
  bool is_pass_over = false;
};

/// Removes and folds old rows over a connection of its own. Calls block for some milliseconds, or some
/// seconds if the database is away; one thread uses the object. No call throws.
class retention {
public:
  virtual ~retention() = default;

  /// Asks for the time; connects first if need be.
  virtual retention_clocks clocks() = 0;

  /// Does the next piece of a pass over all tables, short enough for a writer not to notice; connects first
  /// if need be. The step after the last of a pass begins the next one. The
  /// limits are those of the pass: the same for all its steps.
  virtual retention_step step(const retention_limits& limits) = 0;
};

/// The retention for the store that `make_store` makes of the same settings.
std::unique_ptr<retention> make_retention(const storage_settings& storage, const retention_settings& kept);

} // namespace parseflow::db
