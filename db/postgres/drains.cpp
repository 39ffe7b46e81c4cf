#include "db/postgres/drains.hpp"

#include <map>
#include <string_view>

#include "db/postgres/values.hpp"

namespace parseflow::db {

namespace {

// Sorted by name: two nodes that lock the same drains in different order would deadlock.
using drains_by_token = std::map<std::string_view, const frame_row*>;

struct drain_columns {
  explicit drain_columns(const drains_by_token& drains) {
    for (const auto& [token, row] : drains) {
      tokens.add(token);
      apps.add(row->app);
      times.add(row->received_at);
    }
  }
  array_literal tokens, apps, times;
};

// Returns the tokens and ids of those that exist.
pqxx::result update_drains(postgres_transaction& transaction, const drains_by_token& drains) {
  const drain_columns asked(drains);
  return transaction.exec_params(
      "WITH asked AS (SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) "
      "AS asked (token, app, seen)), "
      "known AS (SELECT id, token FROM drain WHERE token = ANY($1::text[]) ORDER BY token FOR NO KEY UPDATE) "
      "UPDATE drain SET app = asked.app, last_seen = greatest(drain.last_seen, asked.seen) "
      "FROM known JOIN asked USING (token) WHERE drain.id = known.id RETURNING drain.token, drain.id",
      asked.tokens.text(), asked.apps.text(), asked.times.text());
}

// Returns the tokens and ids of those that did not exist. One upsert instead of both statements would take a
// sequence number for every drain that exists, and exhaust the sequence.
pqxx::result insert_drains(postgres_transaction& transaction, const drains_by_token& drains) {
  const drain_columns asked(drains);
  return transaction.exec_params(
      "INSERT INTO drain (token, app, first_seen, last_seen) SELECT token, app, seen, seen "
      "FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS asked (token, app, seen) "
      "ON CONFLICT (token) DO NOTHING RETURNING token, id",
      asked.tokens.text(), asked.apps.text(), asked.times.text());
}

} // namespace

void find_drains(postgres_session& session, std::vector<frame_row>& rows, drain_cache& known) {
  drains_by_token unknown;
  for (frame_row& row : rows) {
    if (const auto id = known.find(row))
      row.drain_id = *id;
    else
      unknown[row.drain] = &row;
  }
  std::map<std::string_view, std::int32_t> ids;
  // If another node inserts a drain at the same moment, the next round finds it.
  bool is_update = true;
  while (!unknown.empty()) {
    postgres_transaction transaction(session);
    const auto take = [&](const pqxx::result& stored) {
      for (const pqxx::row& row : stored) {
        const auto found = unknown.find(row[0].c_str());
        known.put(*found->second, ids[found->first] = row[1].as<std::int32_t>());
        unknown.erase(found);
      }
    };
    // Only one of the two in a transaction: an insert waits for the updates of other nodes, so an update must
    // wait for nothing.
    is_update ? take(update_drains(transaction, unknown)) : take(insert_drains(transaction, unknown));
    transaction.commit();
    is_update = !is_update;
  }
  for (frame_row& row : rows)
    if (const auto id = ids.find(row.drain); id != ids.end())
      row.drain_id = id->second;
}

} // namespace parseflow::db
