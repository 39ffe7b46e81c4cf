#include "db/sqlite/rejected.hpp"

#include "db/stored_text.hpp"

namespace parseflow::db {

void add_rejected(const sqlite_connection& db, const rejected_row& row) {
  auto add = db.prepare("INSERT OR IGNORE INTO rejected_frame (drain, frame_id, app, structured_data, "
                        "received_at, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)");
  add.text_not_null(row.drain);
  add.text_not_null(row.frame_id);
  add.text_not_null(row.app);
  add.number64(row.has_structured_data ? 1 : 0);
  add.time(row.received_at);
  add.text_not_null(row.reason);
  add.blob_not_null(row.body);
  add.run();
}

void read_rejected_groups(const sqlite_connection& db, const std::function<void(rejected_group)>& take) {
  auto query = db.prepare("SELECT app, reason, count(*), min(received_at), max(received_at) "
                          "FROM rejected_frame GROUP BY app, reason ORDER BY count(*) DESC, app, reason");
  while (query.step())
    take({original_name(query.column_bytes(0)), std::string(query.column_bytes(1)),
          static_cast<std::uint64_t>(query.column_number(2)), query.column_time(3), query.column_time(4)});
}

void read_rejected_frames(const sqlite_connection& db, std::int64_t after,
                          const std::function<void(rejected_frame)>& take) {
  auto query = db.prepare("SELECT id, drain, frame_id, app, structured_data, received_at, body "
                          "FROM rejected_frame WHERE id > ? ORDER BY id LIMIT ?");
  query.number64(after);
  query.number64(rejected_rows_at_once);
  while (query.step())
    take(frame_of(query.column_number(0), {std::string(query.column_bytes(1)),
                                           std::string(query.column_bytes(2)),
                                           std::string(query.column_bytes(3)),
                                           query.column_number(4) == 1,
                                           query.column_time(5),
                                           {},
                                           std::string(query.column_bytes(6))}));
}

void forget_rejected(const sqlite_connection& db, const std::vector<frame_row>& stored) {
  auto remove = db.prepare("DELETE FROM rejected_frame WHERE drain = ? AND frame_id = ?");
  for (const frame_row& row : stored) {
    remove.text_not_null(row.drain);
    remove.text_not_null(row.id);
    remove.run();
  }
}

} // namespace parseflow::db
