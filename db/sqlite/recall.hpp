// What a start reads from SQLite: see `store::recall`.
#pragma once

#include <string>

#include "db/sqlite/connection.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// Reads in one transaction, which is open if it throws an `sqlite_error`.
/// @param node A stored name: whose alerts are meant.
/// @return Rollups that cannot be read.
std::uint64_t recall(const sqlite_connection& db, const std::string& node, const recall_question& question,
                     const recall_ears& ears);

} // namespace parseflow::db
