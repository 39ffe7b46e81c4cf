#include "db/postgres/rollup_rows.hpp"

#include "db/postgres/values.hpp"

namespace parseflow::db {

std::optional<rollup_row> read_rollup(postgres_transaction& transaction, const rollup_row_key& key) {
  const pqxx::result found =
      transaction.exec_params("SELECT data, revision FROM rollup "
                              "WHERE minute = $1::timestamptz AND app = $2 AND node = $3",
                              timestamptz_text(key.at), std::string(key.app), std::string(key.node));
  if (found.empty())
    return std::nullopt;
  return rollup_row{key.at, bytes_of(found[0][0]), found[0][1].as<std::int64_t>()};
}

bool save_rollup(postgres_transaction& transaction, const rollup_row_key& key, std::string_view data,
                 revision_change change) {
  const std::string at = timestamptz_text(key.at), app(key.app), node(key.node);
  const pqxx::result saved =
      change.from > 0 ? transaction.exec_params("UPDATE rollup SET data = $4, revision = $5 "
                                                "WHERE minute = $1::timestamptz AND app = $2 AND node = $3 "
                                                "AND revision = $6",
                                                at, app, node, binary(data), change.to, change.from)
                      : transaction.exec_params("INSERT INTO rollup (minute, app, node, data, revision) "
                                                "VALUES ($1::timestamptz, $2, $3, $4, $5) "
                                                "ON CONFLICT (minute, app, node) DO NOTHING",
                                                at, app, node, binary(data), change.to);
  return saved.affected_rows() != 0;
}

} // namespace parseflow::db
