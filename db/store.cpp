#include "db/store.hpp"

#include <fmt/format.h>

namespace parseflow::db {

result store::rollups(const node_filter& nodes, std::function<void(stored_rollup)> take) {
  recall_result read = recall({.rollups_of = nodes}, {.on_rollup = std::move(take)});
  if (read.code == outcome::done && read.unreadable_rollups > 0)
    return {outcome::rejected,
            fmt::format("{} rows of the table rollup cannot be read", read.unreadable_rollups)};
  return read;
}

} // namespace parseflow::db
