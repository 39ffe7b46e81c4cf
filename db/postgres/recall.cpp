// What a start reads from PostgreSQL, in few round trips: the server may be far away.
#include "db/postgres/recall.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "db/postgres/array.hpp"
#include "db/postgres/partitions.hpp"
#include "db/row_mapping.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

namespace {

// Of rows that are fetched at once there are at least so many, and more while they are small: all at once
// they might not fit into memory.
constexpr std::size_t fetched_rows = 100, max_fetched_rows = 10'000;
constexpr std::size_t fetched_bytes = 8u << 20;
// Some megabytes of names.
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

std::uint64_t recall_rollups(postgres_session& session, postgres_transaction& transaction,
                             const node_filter& nodes, const std::function<void(stored_rollup)>& take) {
  std::string names;
  for (const std::string& name : nodes.names)
    append_element(names, stored_name(name));
  std::uint64_t unreadable = 0;
  for_each_row(session, transaction,
               fmt::format("SELECT extract(epoch FROM minute)::bigint / 60, app, data, node FROM rollup "
                           "WHERE {} (node = ANY({}::text[])) "
                           "ORDER BY minute, app COLLATE \"C\", node COLLATE \"C\"",
                           nodes.is_except ? "NOT" : "", transaction.quote(closed(names))),
               [&](const pqxx::row& row) {
                 const minute at{std::chrono::minutes(row[0].as<std::int64_t>())};
                 if (auto data = rollup::decode(bytes_of(row[2])))
                   take({original_name(row[1].c_str()), at, std::move(*data), original_name(row[3].c_str())});
                 else
                   ++unreadable;
               });
  return unreadable;
}

void recall_frames(postgres_session& session, postgres_transaction& transaction,
                   std::span<const frame_key> keys, const std::function<void(const frame_key&)>& take) {
  while (!keys.empty()) {
    const auto limit = session.limited();
    const auto asked = keys.first(std::min(keys.size(), keys_per_query));
    std::string drains, ids;
    for (const frame_key& key : asked) {
      append_element(drains, stored_name(key.drain));
      append_element(ids, stored_name(key.id));
    }
    // The inner query cannot be turned into a join that reads the whole table: each key is looked up.
    const pqxx::result found = transaction.exec_params(
        "SELECT n FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (token, id, n) "
        "JOIN drain USING (token), "
        "LATERAL (SELECT FROM frame WHERE drain_id = drain.id AND frame.id = asked.id LIMIT 1) AS stored",
        closed(drains), closed(ids));
    for (const pqxx::row& row : found)
      take(asked[row[0].as<std::size_t>() - 1]);
    keys = keys.subspan(asked.size());
  }
}

void recall_alerts(postgres_session& session, postgres_transaction& transaction, const std::string& node,
                   timestamp since, const std::function<void(alert)>& take) {
  const auto micros = [](const pqxx::field& field) {
    return timestamp{std::chrono::microseconds{field.is_null() ? 0 : field.as<std::int64_t>()}};
  };
  const auto limit = session.limited();
  const pqxx::result found = transaction.exec_params(
      "SELECT type, app, severity, message, value, (extract(epoch FROM raised_at) * 1000000)::bigint, "
      "(extract(epoch FROM resolved_at) * 1000000)::bigint FROM alert "
      "WHERE node = $1 AND (resolved_at IS NULL OR resolved_at >= $2::timestamptz) "
      "ORDER BY raised_at, type COLLATE \"C\", app COLLATE \"C\"",
      node, timestamptz_text(storable_time(since)));
  for (const pqxx::row& row : found)
    take({original_name(row[0].c_str()), original_name(row[1].c_str()), row[2].c_str(), row[3].c_str(),
          row[4].as<double>(), micros(row[5]), !row[6].is_null(), micros(row[6])});
}

} // namespace

std::uint64_t recall(postgres_session& session, const std::string& node, const recall_question& question,
                     const recall_ears& ears) {
  auto limit = session.limited();
  postgres_transaction transaction(session, access::read);
  limit.reset();
  std::uint64_t unreadable = 0;
  if (ears.on_rollup)
    unreadable = recall_rollups(session, transaction, question.rollups_of, ears.on_rollup);
  if (ears.on_stored)
    recall_frames(session, transaction, question.frames, ears.on_stored);
  if (ears.on_alert)
    recall_alerts(session, transaction, node, question.alerts_since, ears.on_alert);
  return unreadable;
}

} // namespace parseflow::db
