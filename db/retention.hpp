// RETENTION: removes rows older than the settings allow, and downsamples old rollups into coarser ones, in
// small steps while the store writes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/downsample.hpp"
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
    {"alert", "resolved_at", &retention_settings::alerts}, // NULL while open: an open alert is kept
}};

/// What decides which rows a pass removes.
struct retention_limits {
  /// When the pass began.
  timestamp now{};
  /// Frame keys from this time on are kept, even if `retention_settings::frames` is shorter.
  timestamp keep_frames_since = timestamp::max();
};

/// Rows of `table` dated before this are removed; nothing: all are kept.
inline std::optional<timestamp> cutoff(const kept_table& table, const retention_settings& kept,
                                       const retention_limits& limits) {
  const std::chrono::seconds age = kept.*table.age;
  if (age == std::chrono::seconds::zero())
    return std::nullopt;
  const timestamp aged = limits.now - age;
  return table.name == "frame" ? std::min(aged, limits.keep_frames_since) : aged;
}

/// Clocks to compare the system's clock with.
struct retention_clocks {
  /// `done` or `retry`.
  result outcome;
  /// The database server's time; nothing if the database has no clock of its own.
  std::optional<timestamp> database;
  /// The minute of the newest rollup; nothing if there is none.
  std::optional<timestamp> newest_line;
};

/// What one step did.
struct retention_step {
  /// `done` or `retry`. On `retry` nothing was changed, and a later step may succeed.
  result outcome;
  /// Rows removed, by the index in `kept_tables`.
  std::array<std::uint64_t, kept_tables.size()> rows{};
  /// Names of the partitions that were dropped with all their rows.
  std::vector<std::string> partitions;
  /// How many rollups became how many coarser ones.
  downsampled_rows downsampled;
  /// Nothing is left to do for now.
  bool is_pass_over = false;
};

/// Removes and downsamples old rows over a connection of its own. Calls block for some milliseconds, or for
/// some seconds if the database cannot be reached; one thread uses the object. No call throws.
class retention {
public:
  virtual ~retention() = default;

  /// Reads the clocks; connects first if necessary.
  virtual retention_clocks clocks() = 0;

  /// Does the next piece of a pass over all tables, short enough not to delay the writer; connects first if
  /// necessary. The step after the last one of a pass begins the next pass. `limits` must be the same for all
  /// steps of a pass.
  virtual retention_step step(const retention_limits& limits) = 0;
};

/// The retention for the store that `make_store` makes from the same settings.
std::unique_ptr<retention> make_retention(const storage_settings& storage, const retention_settings& kept);

} // namespace parseflow::db
