// POSTGRES RETENTION: drops the partitions of old days, has old rollups folded, and makes the next day's
// partitions ahead.
#include "db/postgres/retention.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "db/postgres/folding.hpp"
#include "db/postgres/partitions.hpp"
#include "db/postgres/session.hpp"

namespace parseflow::db {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

// Who waits for a lock on a table makes every writer behind it wait as well: better to come again. And
// nothing may take longer than the service has for its stop.
constexpr postgres_limits limits{std::chrono::milliseconds{4'000}, std::chrono::milliseconds{200},
                                 std::chrono::milliseconds{5'000}};

// Any number, the same on every node: only one removes rows at a time.
constexpr std::int64_t retention_lock = 0x7061'7274'0000'0002;

// Rows of ordinary tables and of kilobytes (rollups) or megabytes (whole bodies) that go with one step.
constexpr int rows_per_step = 5'000;
constexpr int large_rows_per_step = 200;

// Days whose partitions go in one pass: if a clock or a setting is wrong after all, somebody may see it in
// time.
constexpr std::size_t max_days_per_pass = 7;

bool is_partitioned(const kept_table& table) {
  return std::find(partitioned_tables.begin(), partitioned_tables.end(), table.name) !=
         partitioned_tables.end();
}

int step_size(const kept_table& table) {
  return table.name == "rollup" || table.name == "rejected_frame" ? large_rows_per_step : rows_per_step;
}

// Another node removes rows at this moment.
struct not_our_turn {};

// A transaction that has the turn of this node.
class turn : public postgres_transaction {
public:
  explicit turn(postgres_session& session) : postgres_transaction(session) {
    if (!exec(fmt::format("SELECT pg_try_advisory_xact_lock({})", retention_lock))[0][0].as<bool>())
      throw not_our_turn{};
  }
};

class postgres_retention final : public retention {
public:
  postgres_retention(std::string url, const retention_settings& kept) : url_(std::move(url)), kept_(kept) {}

  retention_clocks clocks() override {
    retention_clocks told;
    try {
      if (!session_)
        session_ = std::make_unique<postgres_session>(url_, limits);
      const auto in_time = session_->limited();
      postgres_transaction transaction(*session_, access::read);
      const pqxx::result found =
          transaction.exec("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
      told.database = timestamp{std::chrono::microseconds{found[0][0].as<std::int64_t>()}};
    } catch (const std::exception& e) {
      told.outcome = failed(e.what());
    }
    return told;
  }

  retention_step step(const retention_limits& pass) override {
    const timestamp now = pass.now;
    retention_step done;
    try {
      if (!session_)
        session_ = std::make_unique<postgres_session>(url_, limits);
      const auto limit = session_->limited();
      // What fails has its next turn in the next pass: a partition that is always in use must not keep the
      // rows of other tables.
      const std::size_t place = std::exchange(place_, place_ + 1);
      if (place < kept_tables.size()) {
        if (remove_some(place, pass, done))
          place_ = place;
        return done;
      }
      if (const std::size_t level = place - kept_tables.size(); level < folding_.size()) {
        if (folding_[level].step(*make_postgres_rollups(*session_), now, done.folded))
          place_ = place;
        return done;
      }
      place_ = 0;
      make_ahead(now);
      done.is_pass_over = true;
    } catch (const not_our_turn&) {
      --place_; // Here the next pass goes on.
      done.is_pass_over = true;
    } catch (const std::exception& e) {
      done.outcome = failed(e.what());
    }
    if (done.is_pass_over) {
      dropped_.clear();
      session_.reset(); // Servers allow few connections; it is a while until the next pass.
    }
    return done;
  }

private:
  // False: that was all of this table for now.
  bool remove_some(std::size_t place, const retention_limits& pass, retention_step& done) {
    const kept_table& table = kept_tables[place];
    const auto limit = cutoff(table, kept_, pass);
    if (!limit)
      return false;
    if (!is_partitioned(table))
      return remove_rows(table, std::string(table.name), *limit, done.rows[place]);
    if (auto dropped = drop_one(table.name, *limit)) {
      done.partitions.push_back(std::move(*dropped));
      return true;
    }
    return remove_rows(table, fmt::format("{}_default", table.name), *limit, done.rows[place]);
  }

  // Drops the oldest partition whose whole day is before `limit`; returns its name.
  std::optional<std::string> drop_one(std::string_view table, timestamp limit) {
    turn transaction(*session_);
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

  // True: there may be more. Leaves rows that a writer is changing.
  bool remove_rows(const kept_table& table, const std::string& place, timestamp limit,
                   std::uint64_t& removed) {
    turn transaction(*session_);
    const pqxx::result gone = transaction.exec(
        fmt::format("DELETE FROM {0} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {0} WHERE {1} < '{2}' LIMIT {3} "
                    "FOR UPDATE SKIP LOCKED))",
                    place, table.date, timestamptz_text(limit), step_size(table)));
    transaction.commit();
    const auto count = static_cast<std::uint64_t>(gone.affected_rows());
    removed += count;
    return count == static_cast<std::uint64_t>(step_size(table));
  }

  // A writer that meets the next day finds its partitions.
  void make_ahead(timestamp now) {
    const sys_days tomorrow = std::chrono::floor<days>(now) + days{1};
    if (made_ahead_ == tomorrow)
      return;
    make_partitions(tomorrow, *session_);
    made_ahead_ = tomorrow;
  }

  result failed(std::string_view problem) {
    if (session_ && !session_->is_open())
      session_.reset();
    return {outcome::retry, fmt::format("PostgreSQL: {}", first_line(problem))};
  }

  const std::string url_;
  const retention_settings kept_;
  std::unique_ptr<postgres_session> session_;
  std::array<fold_walk, fold_levels.size()> folding_{fold_walk(fold_levels[0]), fold_walk(fold_levels[1])};
  // Of the next step: the index of a table; behind the last one the levels of folding, and the partitions of
  // tomorrow.
  std::size_t place_ = 0;
  std::optional<sys_days> made_ahead_;
  std::set<sys_days> dropped_; // by the running pass
};

} // namespace

std::unique_ptr<retention> make_postgres_retention(std::string url, const retention_settings& kept) {
  return std::make_unique<postgres_retention>(std::move(url), kept);
}

} // namespace parseflow::db
