// Decides which rollups are old enough to become coarser rows, and what replaces them. db/downsample_walk.hpp
// walks the table.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/rollup_row.hpp"
#include "messages/time.hpp"

namespace parseflow::db {

/// Once a span of `length` has been over for `age`, the rows of one app and node in it become one row, in the
/// span's first minute. Spans start at multiples of their length, UTC.
struct downsample_level {
  std::chrono::minutes length;
  std::chrono::minutes age;
};

/// In the order of a pass. After a restart the history reads rows as coarse as it holds in memory, except for
/// spans of ten minutes: see messages/rollup/timeline.hpp.
inline constexpr std::array<downsample_level, 2> downsample_levels{{
    {std::chrono::hours{1}, std::chrono::hours{72}},
    {std::chrono::hours{24}, std::chrono::hours{24 * 30}},
}};

/// The minutes in [start, end).
struct downsample_span {
  minute start{};
  minute end{};

  bool operator==(const downsample_span&) const = default;
};

/// The span that holds `at`.
downsample_span span_of(const downsample_level& level, minute at);

/// Spans that begin before this are old enough at `now`.
minute downsample_limit(const downsample_level& level, timestamp now);

/// What to do with some rows of a span.
struct merged_row {
  /// The sum, to be stored in the span's first minute.
  std::string data;
  /// The current revision of the row in the span's first minute; 0 if there is no such row yet.
  std::int64_t revision = 0;
  /// The minutes of the other rows that are in the sum; these rows are removed.
  std::vector<minute> gone;
};

/// Adds up the rows in their order; the sum has no requests by second. A row that cannot be decoded is left
/// alone; if that is the row in the minute `start`, all are. Nothing if no row would be removed.
std::optional<merged_row> downsample_rows(minute start, std::span<const rollup_row> rows);

/// The number of rows before and after downsampling.
struct downsampled_rows {
  std::uint64_t from = 0;
  std::uint64_t into = 0;

  downsampled_rows& operator+=(const downsampled_rows& other) {
    from += other.from;
    into += other.into;
    return *this;
  }
  bool operator==(const downsampled_rows&) const = default;
};

/// How many rows `merged` replaced by how many.
downsampled_rows rows_of(const merged_row& merged);

} // namespace parseflow::db
