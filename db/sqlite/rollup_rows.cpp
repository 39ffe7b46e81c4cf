#include "db/sqlite/rollup_rows.hpp"

namespace parseflow::db {

namespace {

void bind(sqlite_statement& statement, const rollup_row_key& key) {
  statement.time(key.at);
  statement.text_not_null(key.app);
  statement.text_not_null(key.node);
}

} // namespace

sqlite_rollup_rows::sqlite_rollup_rows(const sqlite_connection& db)
    : db_(db),
      read_(db.prepare("SELECT data, revision FROM rollup WHERE minute = ? AND app = ? AND node = ?")),
      make_(db.prepare("INSERT INTO rollup (minute, app, node, data, revision) VALUES (?1, ?2, ?3, ?4, ?5) "
                       "ON CONFLICT (minute, app, node) DO NOTHING")),
      change_(db.prepare("UPDATE rollup SET data = ?4, revision = ?5 "
                         "WHERE minute = ?1 AND app = ?2 AND node = ?3 AND revision = ?6")),
      remove_(db.prepare("DELETE FROM rollup WHERE minute = ? AND app = ? AND node = ?")) {}

std::optional<rollup_row> sqlite_rollup_rows::read(const rollup_row_key& key) {
  bind(read_, key);
  if (!read_.step())
    return std::nullopt;
  rollup_row row{key.at, std::string(read_.column_bytes(0)), read_.column_number(1)};
  read_.reset();
  return row;
}

bool sqlite_rollup_rows::save(const rollup_row_key& key, std::string_view data, revision_change change) {
  sqlite_statement& save = change.from > 0 ? change_ : make_;
  bind(save, key);
  save.blob_not_null(data);
  save.number64(change.to);
  if (change.from > 0)
    save.number64(change.from);
  save.run();
  return db_.changes() != 0;
}

void sqlite_rollup_rows::remove(const rollup_row_key& key) {
  bind(remove_, key);
  remove_.run();
}

} // namespace parseflow::db
