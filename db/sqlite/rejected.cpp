// The table of frames that the database refused, in SQLite.
#include "db/sqlite/rejected.hpp"

#include "db/row_mapping.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

void add_rejected(const sqlite_connection& db, const frame& refused, std::string_view reason) {
  std::string why;
  make_storable(reason, why);
  const std::string drain = stored_name(refused.key.drain);
  const std::string id = stored_name(refused.key.id);
  const std::string app = stored_name(refused.app);
  auto add = db.prepare("INSERT OR IGNORE INTO rejected_frame (drain, frame_id, app, structured_data, "
                        "received_at, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)");
  add.text_not_null(drain);
  add.text_not_null(id);
  add.text_not_null(app);
  add.number64(refused.mode == structured_data::present ? 1 : 0);
  add.time(storable_time(refused.received_at));
  add.text_not_null(why);
  add.blob_not_null(refused.body);
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
                          "FROM rejected_frame WHERE id > ? ORDER BY id LIMIT 10");
  query.number64(after);
  while (query.step()) {
    auto kept = std::make_shared<frame>();
    kept->key = {original_name(query.column_bytes(1)), original_name(query.column_bytes(2))};
    kept->app = original_name(query.column_bytes(3));
    kept->mode = query.column_number(4) == 1 ? structured_data::present : structured_data::absent;
    kept->received_at = query.column_time(5);
    kept->body = query.column_bytes(6);
    take({query.column_number(0), std::move(kept)});
  }
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
