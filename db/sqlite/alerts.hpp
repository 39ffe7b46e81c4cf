// The table `alert` in SQLite.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "db/alert_rows.hpp"
#include "db/sqlite/connection.hpp"

namespace parseflow::db {

/// Stores alerts of a node in one transaction; an alert that is already stored is resolved if its row is.
/// @param node A stored name.
void save_alerts(const sqlite_connection& db, const std::string& node, std::span<const alert_row> rows);

/// Calls `take` with the alerts of a node that are open or were resolved at `since` or later, in the order in
/// which they were raised.
void read_alerts(const sqlite_connection& db, const std::string& node, timestamp since,
                 const std::function<void(alert_row)>& take);

} // namespace parseflow::db
