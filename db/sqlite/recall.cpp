// What a start reads from SQLite.
#include "db/sqlite/recall.hpp"

#include <fmt/format.h>

#include "db/row_mapping.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

namespace {

std::uint64_t recall_rollups(const sqlite_connection& db, const node_filter& nodes,
                             const std::function<void(stored_rollup)>& take) {
  std::vector<std::string> names;
  for (const std::string& name : nodes.names)
    names.push_back(stored_name(name));
  auto query = db.prepare(fmt::format("SELECT minute, app, data, node FROM rollup WHERE node {} IN ({}) "
                                      "ORDER BY minute, app, node",
                                      nodes.is_except ? "NOT" : "", parameters(names.size())));
  for (const std::string& name : names) // bound, not copied
    query.text_not_null(name);
  std::uint64_t unreadable = 0;
  while (query.step()) {
    if (auto data = rollup::decode(query.column_bytes(2)))
      take({original_name(query.column_bytes(1)), minute_of(query.column_time(0)), std::move(*data),
            original_name(query.column_bytes(3))});
    else
      ++unreadable;
  }
  return unreadable;
}

void recall_frames(const sqlite_connection& db, std::span<const frame_key> keys,
                   const std::function<void(const frame_key&)>& take) {
  auto query = db.prepare("SELECT 1 FROM frame JOIN drain ON drain.id = drain_id "
                          "WHERE token = ? AND frame.id = ?");
  for (const frame_key& key : keys) {
    const std::string token = stored_name(key.drain), id = stored_name(key.id); // bound, not copied
    query.text_not_null(token);
    query.text_not_null(id);
    if (query.step())
      take(key);
    query.reset();
  }
}

void recall_alerts(const sqlite_connection& db, const std::string& node, timestamp since,
                   const std::function<void(alert)>& take) {
  auto query = db.prepare("SELECT type, app, severity, message, value, raised_at, resolved_at FROM alert "
                          "WHERE node = ? AND (resolved_at IS NULL OR resolved_at >= ?) "
                          "ORDER BY raised_at, type, app");
  query.text_not_null(node);
  query.time(storable_time(since));
  while (query.step())
    take({original_name(query.column_bytes(0)), original_name(query.column_bytes(1)),
          std::string(query.column_bytes(2)), std::string(query.column_bytes(3)), query.column_real(4),
          query.column_time(5), !query.column_is_null(6), query.column_time(6)});
}

} // namespace

std::uint64_t recall(const sqlite_connection& db, const std::string& node, const recall_question& question,
                     const recall_ears& ears) {
  db.execute("BEGIN");
  std::uint64_t unreadable = 0;
  if (ears.on_rollup)
    unreadable = recall_rollups(db, question.rollups_of, ears.on_rollup);
  if (ears.on_stored)
    recall_frames(db, question.frames, ears.on_stored);
  if (ears.on_alert)
    recall_alerts(db, node, question.alerts_since, ears.on_alert);
  db.execute("COMMIT");
  return unreadable;
}

} // namespace parseflow::db
