#include "db/postgres/partitions.hpp"

#include <charconv>

#include <fmt/format.h>

#include "db/postgres/values.hpp"
#include "messages/service_log.hpp"

namespace parseflow::db {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr days days_after{1};
// A session that waits for a lock on a table blocks all writers and readers that ask for the table after it.
constexpr std::chrono::milliseconds table_lock_timeout{200};
constexpr std::chrono::minutes failure_backoff{1};
// At most this many rows move from the default partition, which is locked meanwhile. If a day has more there,
// retention removes them row by row.
constexpr int max_moved = 50'000;

sys_days day_of(timestamp at) {
  return std::chrono::floor<days>(at);
}

// Adds the days of `records` from `first` to `last`, both included.
template <class Records>
void collect(const Records& records, sys_days first, sys_days last, std::set<sys_days>& into) {
  sys_days before{days::min()};
  for (const auto& record : records) {
    const sys_days day = day_of(record.at);
    if (day == before || day < first || day > last)
      continue;
    into.insert(day);
    before = day;
  }
}

std::string partition_name(std::string_view table, sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{}_{:04}{:02}{:02}", table, static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// The number of rows of `day` in the default partition of `table`, counted up to `max_moved` + 1.
int rows_in_default(postgres_transaction& transaction, std::string_view table, sys_days day) {
  return transaction
      .exec(fmt::format(
          "SELECT count(*) FROM (SELECT FROM {}_default WHERE at >= '{}' AND at < '{}' LIMIT {}) AS found",
          table, timestamptz_text(day), timestamptz_text(day + days{1}), max_moved + 1))[0][0]
      .as<int>();
}

// Call it only while holding the partition lock.
void make_partition(postgres_transaction& transaction, std::string_view table, sys_days day) {
  const std::string name = partition_name(table, day);
  if (!transaction.exec(fmt::format("SELECT to_regclass('{}')", name))[0][0].is_null())
    return;
  if (rows_in_default(transaction, table, day) > max_moved)
    return;
  const std::string from = timestamptz_text(day);
  const std::string to = timestamptz_text(day + days{1});
  transaction.exec(fmt::format(
      "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)", name, table));
  // ATTACH would take the same lock, but another writer might add rows of that day before that.
  transaction.exec(fmt::format("LOCK TABLE {}_default IN ACCESS EXCLUSIVE MODE", table));
  transaction.exec(fmt::format("WITH moved AS (DELETE FROM {1}_default WHERE at >= '{2}' AND at < '{3}' "
                               "RETURNING *) INSERT INTO {0} SELECT * FROM moved",
                               name, table, from, to));
  transaction.exec(fmt::format("ALTER TABLE {1} ATTACH PARTITION {0} FOR VALUES FROM ('{2}') TO ('{3}')",
                               name, table, from, to));
}

} // namespace

std::optional<sys_days> day_of_partition(std::string_view table, std::string_view name) {
  constexpr std::size_t digits = 8;
  if (name.size() != table.size() + 1 + digits || !name.starts_with(table))
    return std::nullopt;
  int number = 0;
  const char* end = name.data() + name.size();
  const auto [rest, problem] = std::from_chars(end - digits, end, number);
  if (problem != std::errc{} || rest != end || number < 0)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{number / 10'000},
                                         std::chrono::month{static_cast<unsigned>(number / 100 % 100)},
                                         std::chrono::day{static_cast<unsigned>(number % 100)}};
  return date.ok() && name == partition_name(table, date) ? std::optional(sys_days{date}) : std::nullopt;
}

void make_partitions(sys_days day, postgres_session& session) {
  postgres_transaction transaction(session);
  transaction.lock(advisory_lock::partitions);
  transaction.exec(fmt::format("SET LOCAL lock_timeout = {}", table_lock_timeout.count()));
  for (std::string_view table : partitioned_tables)
    make_partition(transaction, table, day);
  transaction.commit();
}

void postgres_partitions::prepare_for(std::span<const frame_row> rows, postgres_session& session) {
  std::set<sys_days> needed;
  for (const frame_row& row : rows) {
    const sys_days received = day_of(row.received_at);
    const sys_days first = received - days_before_, last = received + days_after;
    collect(row.source->records.requests, first, last, needed);
    collect(row.source->records.lines, first, last, needed); // samples have the same days
  }
  for (const sys_days day : needed)
    if (!made_.contains(day))
      make(day, session);
}

void postgres_partitions::make(sys_days day, postgres_session& session) {
  const auto waiting = put_off_.find(day);
  if (waiting != put_off_.end() && clock::now() < waiting->second)
    return;
  try {
    make_partitions(day, session);
    made_.insert(day);
    put_off_.erase(day);
  } catch (const pqxx::failure& e) { // the server refused
    if (!session.is_open())
      throw;
    if (waiting == put_off_.end())
      log(log_level::warn, "db_writer",
          "the partitions of a day cannot be made now: its lines go to the default partitions, and the writer "
          "tries again every minute",
          {{"day", timestamptz_text(day).substr(0, std::size("YYYY-MM-DD") - 1)},
           {"problem", std::string(first_line(e.what()))}});
    put_off_[day] = clock::now() + failure_backoff;
  }
}

} // namespace parseflow::db
