#include "db/postgres/alerts.hpp"

#include "db/postgres/values.hpp"

namespace parseflow::db {

void save_alerts(postgres_session& session, const std::string& node, std::span<const alert_row> rows) {
  postgres_transaction transaction(session);
  for (const alert_row& row : rows)
    transaction.exec_params(
        "INSERT INTO alert (node, raised_at, type, app, severity, message, value, resolved_at) "
        "VALUES ($1, $2::timestamptz, $3, $4, $5, $6, $7, nullif($8, '')::timestamptz) "
        "ON CONFLICT (node, raised_at, type, app) DO UPDATE SET resolved_at = excluded.resolved_at",
        node, timestamptz_text(row.raised_at), row.type, row.app, row.severity, row.message, row.value,
        row.resolved_at ? timestamptz_text(*row.resolved_at) : "");
  transaction.commit();
}

void read_alerts(postgres_transaction& transaction, const std::string& node, timestamp since,
                 const std::function<void(alert_row)>& take) {
  const pqxx::result found = transaction.exec_params(
      "SELECT type, app, severity, message, value, (extract(epoch FROM raised_at) * 1000000)::bigint, "
      "(extract(epoch FROM resolved_at) * 1000000)::bigint FROM alert "
      "WHERE node = $1 AND (resolved_at IS NULL OR resolved_at >= $2::timestamptz) "
      "ORDER BY raised_at, type COLLATE \"C\", app COLLATE \"C\"",
      node, timestamptz_text(since));
  for (const pqxx::row& row : found) {
    alert_row one{row[0].c_str(),
                  row[1].c_str(),
                  row[2].c_str(),
                  row[3].c_str(),
                  row[4].as<double>(),
                  time_in(row[5]),
                  {}};
    if (!row[6].is_null())
      one.resolved_at = time_in(row[6]);
    take(std::move(one));
  }
}

} // namespace parseflow::db
