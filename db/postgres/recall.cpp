#include "db/postgres/recall.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "db/postgres/alerts.hpp"
#include "db/postgres/values.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

namespace {

// How many rows are fetched at once: at least the first number, and more while rows are small. All rows at
// once might not fit into memory.
constexpr std::size_t fetched_rows = 100, max_fetched_rows = 10'000;
constexpr std::size_t fetched_bytes = 8u << 20;
// These keys take some megabytes.
constexpr std::size_t keys_per_query = 20'000;

std::size_t size_of(const pqxx::result& rows) {
  std::size_t bytes = 0;
  for (const pqxx::row& row : rows)
    for (const pqxx::field& field : row)
      bytes += field.size();
  return bytes;
}

template <class Take>
void for_each_row(postgres_session& session, postgres_transaction& transaction, const std::string& query,
                  Take take) {
  const auto run = [&](const std::string& sql) {
    const auto limit = session.limited();
    return transaction.exec(sql);
  };
  run("DECLARE rows NO SCROLL CURSOR FOR " + query);
  for (std::size_t at_once = fetched_rows;;) {
    const pqxx::result rows = run(fmt::format("FETCH {} FROM rows", at_once));
    if (rows.empty())
      break;
    for (const pqxx::row& row : rows)
      take(row);
    const std::size_t row_bytes =
        std::max<std::size_t>(1, size_of(rows) / static_cast<std::size_t>(rows.size()));
    at_once = std::clamp(fetched_bytes / row_bytes, fetched_rows, max_fetched_rows);
  }
  run("CLOSE rows");
}

} // namespace

postgres_transaction postgres_recall::begin(postgres_session& session) {
  const auto limit = session.limited();
  return postgres_transaction(session, access::read);
}

void postgres_recall::read_rollups(const node_filter& stored_nodes, const rollup_taker& take) {
  array_literal names;
  for (const std::string& name : stored_nodes.names)
    names.add(name);
  for_each_row(session_, transaction_,
               fmt::format("SELECT extract(epoch FROM minute)::bigint / 60, app, data, node FROM rollup "
                           "WHERE {} (node = ANY({}::text[])) "
                           "ORDER BY minute, app COLLATE \"C\", node COLLATE \"C\"",
                           stored_nodes.is_except ? "NOT" : "", transaction_.quote(names.text())),
               [&](const pqxx::row& row) {
                 take(minute_in(row[0]), row[1].c_str(), bytes_of(row[2]), row[3].c_str());
               });
}

void postgres_recall::find_frames(std::span<const frame_key> keys,
                                  const std::function<void(const frame_key&)>& take) {
  while (!keys.empty()) {
    const auto limit = session_.limited();
    const auto asked = keys.first(std::min(keys.size(), keys_per_query));
    array_literal drains, ids;
    for (const frame_key& key : asked) {
      drains.add(stored_name(key.drain));
      ids.add(stored_name(key.id));
    }
    // The inner query is written so that PostgreSQL cannot turn it into a join that reads the whole table:
    // each key is looked up.
    const pqxx::result found = transaction_.exec_params(
        "SELECT n FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (token, id, n) "
        "JOIN drain USING (token), "
        "LATERAL (SELECT FROM frame WHERE drain_id = drain.id AND frame.id = asked.id LIMIT 1) AS stored",
        drains.text(), ids.text());
    for (const pqxx::row& row : found)
      take(asked[row[0].as<std::size_t>() - 1]);
    keys = keys.subspan(asked.size());
  }
}

void postgres_recall::read_alerts(const std::string& stored_node, timestamp since,
                                  const std::function<void(alert_row)>& take) {
  const auto limit = session_.limited();
  db::read_alerts(transaction_, stored_node, since, take);
}

} // namespace parseflow::db
