// SQLite folding: a transaction holds the write lock for some milliseconds.
#include "db/sqlite/folding.hpp"

#include "db/rollup_cache.hpp"
#include "messages/system_time.hpp"

namespace parseflow::db {

namespace {

// Undoes what was not committed.
class write_transaction {
public:
  explicit write_transaction(const sqlite_connection& db) : db_(db) { db_.execute("BEGIN IMMEDIATE"); }
  ~write_transaction() {
    try {
      if (db_.in_transaction())
        db_.execute("ROLLBACK");
    } catch (const sqlite_error&) { // the next BEGIN fails, and says why
    }
  }
  write_transaction(const write_transaction&) = delete;
  write_transaction& operator=(const write_transaction&) = delete;

  void commit() { db_.execute("COMMIT"); }

private:
  const sqlite_connection& db_;
};

class sqlite_rollups final : public rollup_table {
public:
  explicit sqlite_rollups(const sqlite_connection& db)
      : db_(db), first_(db.prepare("SELECT min(minute) FROM rollup WHERE minute >= ?")),
        keys_(db.prepare("SELECT minute, app, node FROM rollup WHERE minute >= ? AND minute < ? "
                         "ORDER BY minute")),
        read_(db.prepare("SELECT data, revision FROM rollup WHERE minute = ?1 AND app = ?2 AND node = ?3")),
        add_(
            db.prepare("INSERT INTO rollup (minute, app, node, data, revision) VALUES (?1, ?2, ?3, ?4, ?5)")),
        change_(db.prepare("UPDATE rollup SET data = ?4, revision = ?5 "
                           "WHERE minute = ?1 AND app = ?2 AND node = ?3")),
        remove_(db.prepare("DELETE FROM rollup WHERE minute = ?1 AND app = ?2 AND node = ?3")) {}

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

  folded_rows fold(std::span<const fold_order> orders) override {
    folded_rows done;
    write_transaction transaction(db_);
    for (const fold_order& order : orders) {
      const auto fold = fold_rows(order.start, read(order));
      if (!fold)
        continue;
      write(order, *fold);
      for (const minute at : fold->gone) {
        bind_key(remove_, order, at);
        remove_.run();
      }
      done += rows_of(*fold);
    }
    transaction.commit();
    return done;
  }

private:
  std::vector<rollup_row> read(const fold_order& order) {
    std::vector<rollup_row> rows;
    const auto add = [&](minute at) {
      bind_key(read_, order, at);
      if (!read_.step())
        return;
      rows.push_back({at, std::string(read_.column_bytes(0)), read_.column_number(1)});
      read_.reset();
    };
    add(order.start);
    for (const minute at : order.rows)
      add(at);
    return rows;
  }

  void write(const fold_order& order, const row_fold& fold) {
    auto& save = fold.revision > 0 ? change_ : add_;
    bind_key(save, order, order.start);
    save.blob_not_null(fold.data);
    save.number64(next_revision(fold.revision, system_time()));
    save.run();
  }

  static void bind_key(sqlite_statement& statement, const fold_order& order, minute at) {
    statement.time(at);
    statement.text_not_null(order.app);
    statement.text_not_null(order.node);
  }

  const sqlite_connection& db_;
  sqlite_statement first_, keys_, read_, add_, change_, remove_;
};

} // namespace

std::unique_ptr<rollup_table> make_sqlite_rollups(const sqlite_connection& db) {
  return std::make_unique<sqlite_rollups>(db);
}

} // namespace parseflow::db
