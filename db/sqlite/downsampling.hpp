// The table `rollup` of a SQLite file, for downsampling.
#pragma once

#include <memory>

#include "db/downsample_walk.hpp"
#include "db/sqlite/connection.hpp"

namespace parseflow::db {

/// `db` must outlive the table, and throws `sqlite_error`.
std::unique_ptr<rollup_table> make_sqlite_rollups(const sqlite_connection& db);

} // namespace parseflow::db
