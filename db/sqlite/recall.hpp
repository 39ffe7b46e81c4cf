// Reads from SQLite what a start needs.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "db/rollup_row.hpp"
#include "db/sqlite/alerts.hpp"
#include "db/sqlite/connection.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// See `read_transaction` in db/database_store.hpp. Throws `sqlite_error`.
class sqlite_recall {
public:
  explicit sqlite_recall(const sqlite_connection& db) : db_(db), transaction_(db, sqlite_access::read) {}

  void read_rollups(const node_filter& stored_nodes, const rollup_taker& take);
  void find_frames(std::span<const frame_key> keys, const std::function<void(const frame_key&)>& take);
  void read_alerts(const std::string& stored_node, timestamp since,
                   const std::function<void(alert_row)>& take) {
    db::read_alerts(db_, stored_node, since, take);
  }

private:
  const sqlite_connection& db_;
  sqlite_transaction transaction_;
};

} // namespace parseflow::db
