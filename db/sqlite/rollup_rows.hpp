// Rows of the table `rollup` in SQLite, one at a time.
#pragma once

#include <optional>
#include <string_view>

#include "db/rollup_row.hpp"
#include "db/sqlite/connection.hpp"

namespace parseflow::db {

/// Prepared statements on a connection, which must outlive them. Throws `sqlite_error`.
class sqlite_rollup_rows {
public:
  explicit sqlite_rollup_rows(const sqlite_connection& db);

  std::optional<rollup_row> read(const rollup_row_key& key);

  /// False: the row has a revision other than `change.from`.
  bool save(const rollup_row_key& key, std::string_view data, revision_change change);

  void remove(const rollup_row_key& key);

private:
  const sqlite_connection& db_;
  sqlite_statement read_, make_, change_, remove_;
};

} // namespace parseflow::db
