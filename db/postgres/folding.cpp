// PostgreSQL folding: rows are locked while they are added up, those of all nodes.
#include "db/postgres/folding.hpp"

#include <stdexcept>

#include "db/postgres/partitions.hpp"
#include "db/rollup_cache.hpp"
#include "messages/system_time.hpp"

namespace parseflow::db {

namespace {

minute minute_in(const pqxx::field& field) {
  return minute{std::chrono::minutes{field.as<std::int64_t>()}};
}

// An array literal.
std::string array_of(std::span<const minute> times) {
  std::string array;
  for (const minute at : times)
    array += (array.empty() ? "{\"" : ",\"") + timestamptz_text(at) + '"';
  return array + '}';
}

class postgres_rollups final : public rollup_table {
public:
  explicit postgres_rollups(postgres_session& session) : session_(session) {}

  std::optional<minute> first_minute(minute from) override {
    postgres_transaction transaction(session_, access::read);
    const pqxx::result found = transaction.exec_params(
        "SELECT extract(epoch FROM min(minute))::bigint / 60 FROM rollup WHERE minute >= $1::timestamptz",
        timestamptz_text(from));
    return found[0][0].is_null() ? std::nullopt : std::optional(minute_in(found[0][0]));
  }

  void each_key(minute from, minute to, const key_taker& take) override {
    postgres_transaction transaction(session_, access::read);
    for (const pqxx::row& row : transaction.exec_params(
             "SELECT extract(epoch FROM minute)::bigint / 60, app, node FROM rollup "
             "WHERE minute >= $1::timestamptz AND minute < $2::timestamptz ORDER BY minute",
             timestamptz_text(from), timestamptz_text(to)))
      take(minute_in(row[0]), row[1].c_str(), row[2].c_str());
  }

  folded_rows fold(std::span<const fold_order> orders) override {
    folded_rows done;
    postgres_transaction transaction(session_);
    for (const fold_order& order : orders) {
      const auto fold = fold_rows(order.start, read(transaction, order));
      if (!fold)
        continue;
      write(transaction, order, *fold);
      transaction.exec_params("DELETE FROM rollup WHERE minute = ANY($1::timestamptz[]) AND app = $2 AND "
                              "node = $3",
                              array_of(fold->gone), order.app, order.node);
      done += rows_of(*fold);
    }
    transaction.commit();
    return done;
  }

private:
  // In the order in which a writer locks them.
  static std::vector<rollup_row> read(postgres_transaction& transaction, const fold_order& order) {
    std::vector<minute> wanted{order.start};
    wanted.insert(wanted.end(), order.rows.begin(), order.rows.end());
    std::vector<rollup_row> rows;
    for (const pqxx::row& row : transaction.exec_params(
             "SELECT extract(epoch FROM minute)::bigint / 60, data, revision FROM rollup "
             "WHERE minute = ANY($1::timestamptz[]) AND app = $2 AND node = $3 ORDER BY minute FOR UPDATE",
             array_of(wanted), order.app, order.node))
      rows.push_back({minute_in(row[0]), bytes_of(row[1]), row[2].as<std::int64_t>()});
    return rows;
  }

  static void write(postgres_transaction& transaction, const fold_order& order, const row_fold& fold) {
    const pqxx::result written = transaction.exec_params(
        fold.revision > 0 ? "UPDATE rollup SET data = $4, revision = $5 "
                            "WHERE minute = $1::timestamptz AND app = $2 AND node = $3"
                          : "INSERT INTO rollup (minute, app, node, data, revision) "
                            "VALUES ($1::timestamptz, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        timestamptz_text(order.start), order.app, order.node, binary(fold.data),
        next_revision(fold.revision, system_time()));
    // A row that was not there to be locked.
    if (written.affected_rows() != 1)
      throw std::runtime_error("a writer has just made the rollup that others are to be added to");
  }

  postgres_session& session_;
};

} // namespace

std::unique_ptr<rollup_table> make_postgres_rollups(postgres_session& session) {
  return std::make_unique<postgres_rollups>(session);
}

} // namespace parseflow::db
