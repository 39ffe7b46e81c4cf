// The table of frames that the database refused, in SQLite.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "db/frame_rows.hpp"
#include "db/rejected_rows.hpp"
#include "db/sqlite/connection.hpp"

namespace parseflow::db {

/// See `store::set_aside`, `store::rejected_groups` and `store::rejected_frames`.
void add_rejected(const sqlite_connection& db, const rejected_row& row);
void read_rejected_groups(const sqlite_connection& db, const std::function<void(rejected_group)>& take);
void read_rejected_frames(const sqlite_connection& db, std::int64_t after,
                          const std::function<void(rejected_frame)>& take);

/// Removes the frames from the table, within a transaction.
void forget_rejected(const sqlite_connection& db, const std::vector<frame_row>& stored);

} // namespace parseflow::db
