#include "db/sqlite/write.hpp"

#include <fmt/format.h>

#include "db/sqlite/rejected.hpp"

namespace parseflow::db {

namespace {

sqlite_statement insertion(const sqlite_connection& db, const table_columns& table) {
  return db.prepare(
      fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name, table.columns, parameters(table.count)));
}

} // namespace

sqlite_write_statements::sqlite_write_statements(const sqlite_connection& db)
    : add_drain(db.prepare("INSERT INTO drain (token, app, first_seen, last_seen) VALUES (?1, ?2, ?3, ?3) "
                           "ON CONFLICT (token) DO UPDATE SET app = excluded.app, "
                           "last_seen = max(last_seen, excluded.last_seen) RETURNING id")),
      add_frame(db.prepare("INSERT OR IGNORE INTO frame (drain_id, id, received_at, node) "
                           "VALUES (?, ?, ?, ?)")),
      read_frame(db.prepare("SELECT node FROM frame WHERE drain_id = ? AND id = ?")),
      add_request(insertion(db, request_table)), add_line(insertion(db, log_table)),
      add_sample(insertion(db, sample_table)), rollups(db) {}

sqlite_write::sqlite_write(const sqlite_connection& db, sqlite_write_statements& statements,
                           const std::string& node, std::vector<frame_row>& rows, drain_cache& drains)
    : db_(db), statements_(statements), node_(node), transaction_(db) {
  for (frame_row& row : rows) {
    if (const auto known = drains.find(row)) {
      row.drain_id = *known;
    } else {
      row.drain_id = add_drain(row);
      drains.put(row, row.drain_id);
    }
  }
}

std::int32_t sqlite_write::add_drain(const frame_row& row) {
  auto& add = statements_.add_drain;
  add.text(row.drain);
  add.text_not_null(row.app);
  add.time(row.received_at);
  add.step();
  const auto id = static_cast<std::int32_t>(add.column_number(0));
  add.run();
  return id;
}

std::vector<const frame_row*> sqlite_write::add_frames(const std::vector<frame_row>& rows,
                                                       write_result& before) {
  std::vector<const frame_row*> added;
  for (const frame_row& row : rows) {
    if (add_frame(row))
      added.push_back(&row);
    else
      (is_stored_elsewhere(row) ? before.stored_elsewhere : before.stored_here).push_back(row.source);
  }
  return added;
}

// False: the frame is stored already.
bool sqlite_write::add_frame(const frame_row& row) {
  auto& add = statements_.add_frame;
  add.number32(row.drain_id);
  add.text(row.id);
  add.time(row.received_at);
  add.text_not_null(node_);
  add.run();
  return db_.changes() != 0;
}

bool sqlite_write::is_stored_elsewhere(const frame_row& row) {
  auto& read = statements_.read_frame;
  read.number32(row.drain_id);
  read.text(row.id);
  const bool elsewhere = read.step() && !read.column_is_null(0) && read.column_bytes(0) != node_;
  read.reset();
  return elsewhere;
}

void sqlite_write::add(const request_row& row) {
  visit(row, statements_.add_request);
  statements_.add_request.run();
}

void sqlite_write::add(const log_row& row) {
  visit(row, statements_.add_line);
  statements_.add_line.run();
}

void sqlite_write::add(const sample_row& row) {
  visit(row, statements_.add_sample);
  statements_.add_sample.run();
}

void sqlite_write::forget_rejected(const std::vector<frame_row>& rows) const {
  db::forget_rejected(db_, rows);
}

} // namespace parseflow::db
