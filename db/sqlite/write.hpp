// The transaction that stores batches in SQLite.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/frame_rows.hpp"
#include "db/rows.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/rollup_rows.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// The statements for all writes on one connection, prepared once.
struct sqlite_write_statements {
  explicit sqlite_write_statements(const sqlite_connection& db);

  sqlite_statement add_drain, add_frame, read_frame, add_request, add_line, add_sample;
  sqlite_rollup_rows rollups;
};

/// See `write_transaction` in db/database_store.hpp. Throws `sqlite_error`.
class sqlite_write {
public:
  /// Sets the drain ids of `rows`.
  /// @param node A stored name.
  sqlite_write(const sqlite_connection& db, sqlite_write_statements& statements, const std::string& node,
               std::vector<frame_row>& rows, drain_cache& drains);

  std::vector<const frame_row*> add_frames(const std::vector<frame_row>& rows, write_result& before);
  void add(const request_row& row);
  void add(const log_row& row);
  void add(const sample_row& row);
  void end_rows() {}
  std::optional<rollup_row> read_rollup(const rollup_row_key& key) { return statements_.rollups.read(key); }
  bool save_rollup(const rollup_row_key& key, std::string_view data, revision_change change) {
    return statements_.rollups.save(key, data, change);
  }
  void forget_rejected(const std::vector<frame_row>& rows) const;
  void commit() { transaction_.commit(); }

private:
  std::int32_t add_drain(const frame_row& row);
  bool add_frame(const frame_row& row);
  bool is_stored_elsewhere(const frame_row& row);

  const sqlite_connection& db_;
  sqlite_write_statements& statements_;
  const std::string& node_;
  sqlite_transaction transaction_;
};

} // namespace parseflow::db
