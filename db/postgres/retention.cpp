#include "db/postgres/retention.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "db/database_retention.hpp"
#include "db/postgres/downsampling.hpp"
#include "db/postgres/link.hpp"
#include "db/postgres/partitions.hpp"
#include "db/postgres/values.hpp"

namespace parseflow::db {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

// A session that waits for a lock on a table blocks every writer that comes after it, so give up early and
// try again later. No call may take longer than the service has to stop.
constexpr postgres_limits limits{std::chrono::milliseconds{4'000}, std::chrono::milliseconds{200},
                                 std::chrono::milliseconds{5'000}};

// How many rows one step removes from an ordinary table, and from one with rows of kilobytes (rollups) or
// megabytes (whole bodies).
constexpr int rows_per_step = 5'000;
constexpr int large_rows_per_step = 200;

// How many days of partitions one pass drops: if a clock or a setting is wrong after all, somebody may notice
// in time.
constexpr std::size_t max_days_per_pass = 7;

bool is_partitioned(const kept_table& table) {
  return std::find(partitioned_tables.begin(), partitioned_tables.end(), table.name) !=
         partitioned_tables.end();
}

int step_size(const kept_table& table) {
  return table.name == "rollup" || table.name == "rejected_frame" ? large_rows_per_step : rows_per_step;
}

// A transaction during which this node holds the retention lock.
class turn : public postgres_transaction {
public:
  explicit turn(postgres_session& session) : postgres_transaction(session) {
    if (!try_lock(advisory_lock::retention))
      throw not_our_turn{};
  }
};

// See `retention_backend`.
class postgres_retention_backend {
public:
  // A partition that is always in use must not block the removal of rows from other tables.
  static constexpr bool skips_what_fails = true;

  explicit postgres_retention_backend(std::string url)
      : link_(std::move(url), limits), rollups_(make_postgres_rollups(link_)) {}
  postgres_retention_backend(const postgres_retention_backend&) = delete;
  postgres_retention_backend& operator=(const postgres_retention_backend&) = delete;

  std::string place() const { return link_.place(); }
  void open() { link_.open(); }
  result failure() { return link_.failure(); }
  auto limited() const { return link_.session().limited(); }

  void read_clocks(retention_clocks& read) const {
    postgres_transaction transaction(link_.session(), access::read);
    read.database =
        time_in(transaction.exec("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")[0][0]);
  }

  bool remove(std::size_t index, timestamp cutoff, timestamp, retention_step& done) {
    const kept_table& table = kept_tables[index];
    if (!is_partitioned(table))
      return remove_rows(table, std::string(table.name), cutoff, done.rows[index]);
    if (auto dropped = drop_one(table.name, cutoff)) {
      done.partitions.push_back(std::move(*dropped));
      return true;
    }
    return remove_rows(table, fmt::format("{}_default", table.name), cutoff, done.rows[index]);
  }

  rollup_table& rollups() { return *rollups_; }

  // Makes tomorrow's partitions, so that writers find them when the day begins.
  bool tidy(timestamp now) {
    const sys_days tomorrow = std::chrono::floor<days>(now) + days{1};
    if (made_ahead_ != tomorrow)
      make_partitions(tomorrow, link_.session());
    made_ahead_ = tomorrow;
    return false;
  }

  // Closes the connection until the next pass, since servers allow few connections.
  void end_pass() {
    dropped_.clear();
    link_.close();
  }

private:
  // Drops the oldest partition whose whole day is before `limit`; returns its name.
  std::optional<std::string> drop_one(std::string_view table, timestamp limit) {
    turn transaction(link_.session());
    const pqxx::result names = transaction.exec(
        fmt::format("SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
                    "WHERE inhparent = '{}'::regclass ORDER BY relname",
                    table));
    for (const pqxx::row& row : names) {
      std::string name = row[0].c_str();
      const auto day = day_of_partition(table, name);
      if (!day || *day + days{1} > limit)
        continue;
      if (!dropped_.contains(*day) && dropped_.size() == max_days_per_pass)
        return std::nullopt;
      dropped_.insert(*day);
      transaction.exec(fmt::format("DROP TABLE {}", name));
      transaction.commit();
      return name;
    }
    return std::nullopt;
  }

  // True: there may be more to remove. Skips rows that a writer is changing.
  bool remove_rows(const kept_table& table, const std::string& place, timestamp limit,
                   std::uint64_t& removed) {
    turn transaction(link_.session());
    const pqxx::result gone = transaction.exec(
        fmt::format("DELETE FROM {0} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {0} WHERE {1} < '{2}' LIMIT {3} "
                    "FOR UPDATE SKIP LOCKED))",
                    place, table.date, timestamptz_text(limit), step_size(table)));
    transaction.commit();
    const auto count = static_cast<std::uint64_t>(gone.affected_rows());
    removed += count;
    return count == static_cast<std::uint64_t>(step_size(table));
  }

  postgres_link link_;
  std::unique_ptr<rollup_table> rollups_;
  std::optional<sys_days> made_ahead_;
  std::set<sys_days> dropped_; // the days dropped by the running pass
};

} // namespace

std::unique_ptr<retention> make_postgres_retention(std::string url, const retention_settings& kept) {
  return std::make_unique<database_retention<postgres_retention_backend>>(kept, std::move(url));
}

} // namespace parseflow::db
