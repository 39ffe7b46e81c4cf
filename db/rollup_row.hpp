// A row of the table `rollup`, as every database has it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "messages/time.hpp"

namespace parseflow::db {

/// Identifies a row. App and node are stored names; the views are valid as long as the strings behind them.
struct rollup_row_key {
  minute at{};
  std::string_view app, node;
};

/// A row whose app and node the caller knows.
struct rollup_row {
  minute at{};
  std::string data;
  std::int64_t revision = 0;
};

/// Takes a row of any app and node. The views hold stored names and are valid during the call.
using rollup_taker =
    std::function<void(minute at, std::string_view app, std::string_view data, std::string_view node)>;

/// The revisions of a row before and after a change; `from` is 0 if the change makes the row.
struct revision_change {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// The next change of a row with `revision` (0: no row yet). Each change adds one. A new row starts at `now`
/// in microseconds, which no removed row of the same key has reached, so that a cached revision never matches
/// a different row.
inline revision_change next_revision(std::int64_t revision, timestamp now) {
  return {revision, revision > 0 ? revision + 1 : std::max<std::int64_t>(1, now.time_since_epoch().count())};
}

} // namespace parseflow::db
