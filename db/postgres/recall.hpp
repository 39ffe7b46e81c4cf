// Reads from PostgreSQL what a start needs, in few round trips: the server may be far away.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "db/alert_rows.hpp"
#include "db/postgres/session.hpp"
#include "db/rollup_row.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// See `read_transaction` in db/database_store.hpp. `session` limits the time of each query, but not of all
/// together: that depends on the amount of data. Throws what libpqxx throws.
class postgres_recall {
public:
  explicit postgres_recall(postgres_session& session) : session_(session), transaction_(begin(session)) {}

  void read_rollups(const node_filter& stored_nodes, const rollup_taker& take);
  void find_frames(std::span<const frame_key> keys, const std::function<void(const frame_key&)>& take);
  void read_alerts(const std::string& stored_node, timestamp since,
                   const std::function<void(alert_row)>& take);

private:
  static postgres_transaction begin(postgres_session& session);

  postgres_session& session_;
  postgres_transaction transaction_;
};

} // namespace parseflow::db
