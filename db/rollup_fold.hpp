// Which rollups are old enough to become coarser rows, and what is written for them. Decides only: what walks
// the table is in db/fold_walk.hpp.
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

/// The rows of one app and node in a span of `length` become one, in the span's first minute, when the span
/// has been over for `age`. Spans start at multiples of their length, UTC.
struct fold_level {
  std::chrono::minutes length;
  std::chrono::minutes age;
};

/// In the order of a pass. A restart reads what memory would hold, but for spans of ten minutes: see
/// messages/rollup/timeline.hpp.
inline constexpr std::array<fold_level, 2> fold_levels{{
    {std::chrono::hours{1}, std::chrono::hours{72}},
    {std::chrono::hours{24}, std::chrono::hours{24 * 30}},
}};

/// The minutes from `start` until before `end`.
struct fold_span {
  minute start{};
  minute end{};

  bool operator==(const fold_span&) const = default;
};

/// The span that holds `at`.
fold_span span_of(const fold_level& level, minute at);

/// The spans that begin before this are old enough at `now`.
minute fold_limit(const fold_level& level, timestamp now);

/// What is to be done with some rows of a span.
struct row_fold {
  /// The sum, for the row in the span's first minute.
  std::string data;
  /// Of that row; 0 if there is none yet.
  std::int64_t revision = 0;
  /// The minutes of the rows that are in the sum now, and go.
  std::vector<minute> gone;
};

/// Adds the rows up, in their order, without requests by second. A row that cannot be decoded is left alone;
/// all are if it is the one in the minute `start`. Nothing if no row would go.
std::optional<row_fold> fold_rows(minute start, std::span<const rollup_row> rows);

/// How many rows became how many.
struct folded_rows {
  std::uint64_t from = 0;
  std::uint64_t into = 0;

  folded_rows& operator+=(const folded_rows& other) {
    from += other.from;
    into += other.into;
    return *this;
  }
  bool operator==(const folded_rows&) const = default;
};

/// What `fold` did to the table.
folded_rows rows_of(const row_fold& fold);

} // namespace parseflow::db
