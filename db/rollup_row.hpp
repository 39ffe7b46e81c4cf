// A row of the table `rollup`, as every database has it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "messages/time.hpp"

namespace parseflow::db {

/// Which row. App and node are stored names, valid as long as what they were taken from.
struct rollup_row_key {
  minute at{};
  std::string_view app, node;
};

/// A row of an app and node that the caller knows.
struct rollup_row {
  minute at{};
  std::string data;
  std::int64_t revision = 0;
};

/// Takes a row of any app and node; the views, with stored names, are valid during the call.
using rollup_taker =
    std::function<void(minute at, std::string_view app, std::string_view data, std::string_view node)>;

/// The revisions of a row before and after a change; `from` is 0 if the change makes the row.
struct revision_change {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// The change of a row that has `revision`, or of none (0): one more. A new row begins with the microseconds
/// of `now`, which no removed row of the same key has reached: a remembered revision never fits another row.
inline revision_change next_revision(std::int64_t revision, timestamp now) {
  return {revision, revision > 0 ? revision + 1 : std::max<std::int64_t>(1, now.time_since_epoch().count())};
}

} // namespace parseflow::db
