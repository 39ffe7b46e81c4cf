// Downsamples rows in PostgreSQL. The rows of all nodes are locked while they are added up.
#include "db/postgres/downsampling.hpp"

#include "db/postgres/rollup_rows.hpp"
#include "db/postgres/values.hpp"

namespace parseflow::db {

namespace {

std::string array_of(std::span<const minute> times) {
  array_literal array;
  for (const minute at : times)
    array.add(at);
  return array.text();
}

// The transaction that `downsample_all` needs.
class downsample_transaction : public postgres_transaction {
public:
  using postgres_transaction::postgres_transaction;

  // Locks the rows in the same order as a writer.
  std::vector<rollup_row> read(const downsample_order& order) {
    std::vector<minute> wanted{order.start};
    wanted.insert(wanted.end(), order.rows.begin(), order.rows.end());
    std::vector<rollup_row> rows;
    for (const pqxx::row& row : exec_params(
             "SELECT extract(epoch FROM minute)::bigint / 60, data, revision FROM rollup "
             "WHERE minute = ANY($1::timestamptz[]) AND app = $2 AND node = $3 ORDER BY minute FOR UPDATE",
             array_of(wanted), order.app, order.node))
      rows.push_back({minute_in(row[0]), bytes_of(row[1]), row[2].as<std::int64_t>()});
    return rows;
  }

  bool save(const rollup_row_key& key, std::string_view data, revision_change change) {
    return save_rollup(*this, key, data, change);
  }

  void remove(const downsample_order& order, std::span<const minute> minutes) {
    exec_params("DELETE FROM rollup WHERE minute = ANY($1::timestamptz[]) AND app = $2 AND node = $3",
                array_of(minutes), order.app, order.node);
  }
};

class postgres_rollups final : public rollup_table {
public:
  explicit postgres_rollups(const postgres_link& link) : link_(link) {}

  std::optional<minute> first_minute(minute from) override {
    postgres_transaction transaction(link_.session(), access::read);
    const pqxx::result found = transaction.exec_params(
        "SELECT extract(epoch FROM min(minute))::bigint / 60 FROM rollup WHERE minute >= $1::timestamptz",
        timestamptz_text(from));
    return found[0][0].is_null() ? std::nullopt : std::optional(minute_in(found[0][0]));
  }

  void each_key(minute from, minute to, const key_taker& take) override {
    postgres_transaction transaction(link_.session(), access::read);
    for (const pqxx::row& row : transaction.exec_params(
             "SELECT extract(epoch FROM minute)::bigint / 60, app, node FROM rollup "
             "WHERE minute >= $1::timestamptz AND minute < $2::timestamptz ORDER BY minute",
             timestamptz_text(from), timestamptz_text(to)))
      take(minute_in(row[0]), row[1].c_str(), row[2].c_str());
  }

  downsampled_rows downsample(std::span<const downsample_order> orders) override {
    downsample_transaction transaction(link_.session());
    const downsampled_rows done = downsample_all(transaction, orders);
    transaction.commit();
    return done;
  }

private:
  const postgres_link& link_;
};

} // namespace

std::unique_ptr<rollup_table> make_postgres_rollups(const postgres_link& link) {
  return std::make_unique<postgres_rollups>(link);
}

} // namespace parseflow::db
