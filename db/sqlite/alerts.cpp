#include "db/sqlite/alerts.hpp"

namespace parseflow::db {

void save_alerts(const sqlite_connection& db, const std::string& node, std::span<const alert_row> rows) {
  auto save = db.prepare("INSERT INTO alert (node, raised_at, type, app, severity, message, value, "
                         "resolved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                         "ON CONFLICT DO UPDATE SET resolved_at = excluded.resolved_at");
  sqlite_transaction transaction(db);
  for (const alert_row& row : rows) {
    save.text_not_null(node);
    save.time(row.raised_at);
    save.text_not_null(row.type);
    save.text_not_null(row.app);
    save.text_not_null(row.severity);
    save.text_not_null(row.message);
    save.real(row.value);
    if (row.resolved_at)
      save.time(*row.resolved_at);
    else
      save.text({});
    save.run();
  }
  transaction.commit();
}

void read_alerts(const sqlite_connection& db, const std::string& node, timestamp since,
                 const std::function<void(alert_row)>& take) {
  auto query = db.prepare("SELECT type, app, severity, message, value, raised_at, resolved_at FROM alert "
                          "WHERE node = ? AND (resolved_at IS NULL OR resolved_at >= ?) "
                          "ORDER BY raised_at, type, app");
  query.text_not_null(node);
  query.time(since);
  while (query.step()) {
    alert_row row{std::string(query.column_bytes(0)),
                  std::string(query.column_bytes(1)),
                  std::string(query.column_bytes(2)),
                  std::string(query.column_bytes(3)),
                  query.column_real(4),
                  query.column_time(5),
                  {}};
    if (!query.column_is_null(6))
      row.resolved_at = query.column_time(6);
    take(std::move(row));
  }
}

} // namespace parseflow::db
