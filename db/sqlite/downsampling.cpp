// Downsamples rows in SQLite. Each transaction holds the write lock for some milliseconds.
#include "db/sqlite/downsampling.hpp"

#include "db/sqlite/rollup_rows.hpp"

namespace parseflow::db {

namespace {

class sqlite_rollups final : public rollup_table {
public:
  explicit sqlite_rollups(const sqlite_connection& db)
      : db_(db), first_(db.prepare("SELECT min(minute) FROM rollup WHERE minute >= ?")),
        keys_(db.prepare("SELECT minute, app, node FROM rollup WHERE minute >= ? AND minute < ? "
                         "ORDER BY minute")),
        rows_(db) {}

  std::optional<minute> first_minute(minute from) override {
    first_.time(from);
    first_.step();
    const auto found =
        first_.column_is_null(0) ? std::nullopt : std::optional(minute_of(first_.column_time(0)));
    first_.reset();
    return found;
  }

  void each_key(minute from, minute to, const key_taker& take) override {
    keys_.time(from);
    keys_.time(to);
    while (keys_.step())
      take(minute_of(keys_.column_time(0)), keys_.column_bytes(1), keys_.column_bytes(2));
  }

  downsampled_rows downsample(std::span<const downsample_order> orders) override {
    sqlite_transaction transaction(db_);
    const downsampled_rows done = downsample_all(*this, orders);
    transaction.commit();
    return done;
  }

  // For `downsample_all`.
  std::vector<rollup_row> read(const downsample_order& order) {
    std::vector<rollup_row> found;
    const auto add = [&](minute at) {
      if (auto row = rows_.read({at, order.app, order.node}))
        found.push_back(std::move(*row));
    };
    add(order.start);
    for (const minute at : order.rows)
      add(at);
    return found;
  }
  bool save(const rollup_row_key& key, std::string_view data, revision_change change) {
    return rows_.save(key, data, change);
  }
  void remove(const downsample_order& order, std::span<const minute> minutes) {
    for (const minute at : minutes)
      rows_.remove({at, order.app, order.node});
  }

private:
  const sqlite_connection& db_;
  sqlite_statement first_, keys_;
  sqlite_rollup_rows rows_;
};

} // namespace

std::unique_ptr<rollup_table> make_sqlite_rollups(const sqlite_connection& db) {
  return std::make_unique<sqlite_rollups>(db);
}

} // namespace parseflow::db
