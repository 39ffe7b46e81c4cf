// The transaction that stores batches in PostgreSQL.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/frame_rows.hpp"
#include "db/postgres/copy.hpp"
#include "db/postgres/rollup_rows.hpp"
#include "db/postgres/session.hpp"
#include "db/rows.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// See `write_transaction` in db/database_store.hpp. Throws what libpqxx throws.
class postgres_write {
public:
  /// @param node A stored name.
  postgres_write(postgres_session& session, const std::string& node)
      : session_(session), node_(node), transaction_(session) {}

  std::vector<const frame_row*> add_frames(const std::vector<frame_row>& rows, write_result& before);
  void add(const request_row& row) { copy(request_table, row); }
  void add(const log_row& row) { copy(log_table, row); }
  void add(const sample_row& row) { copy(sample_table, row); }
  void end_rows();
  std::optional<rollup_row> read_rollup(const rollup_row_key& key) {
    return db::read_rollup(transaction_, key);
  }
  bool save_rollup(const rollup_row_key& key, std::string_view data, revision_change change) {
    return db::save_rollup(transaction_, key, data, change);
  }
  void forget_rejected(const std::vector<frame_row>& rows);
  void commit() { transaction_.commit(); }

private:
  // Sorted, so that two nodes that lock the same frames do not deadlock. If several rows have the same key,
  // the first one counts.
  using frames_by_key = std::map<std::pair<std::int32_t, std::string_view>, std::vector<const frame_row*>>;

  void insert_frames(frames_by_key& frames, std::vector<const frame_row*>& added, write_result& before);
  void find_frames(const frames_by_key& frames, write_result& before);

  // Uses one COPY for all rows of a table; none if there are no rows.
  template <class Row>
  void copy(const table_columns& table, const Row& row) {
    if (!copy_)
      copy_.emplace(session_.handle(), table);
    copy_->begin_row();
    visit(row, *copy_);
  }

  postgres_session& session_;
  const std::string& node_;
  postgres_transaction transaction_;
  std::optional<postgres_copy> copy_; // for the table whose rows are being added
};

} // namespace parseflow::db
