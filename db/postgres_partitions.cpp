// One partition per UTC day for the big tables of PostgreSQL.
#include "db/postgres_partitions.hpp"

#include <charconv>

#include <fmt/format.h>

namespace parseflow::db {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr days days_after{1};
// Any number, the same on every node: only one may make partitions at a time.
constexpr std::int64_t partition_lock = 0x7061'7274'0000'0001;

sys_days day_of(timestamp at) {
  return std::chrono::floor<days>(at);
}

// Adds the days of `records` from `first` to `end`, both included.
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

// Only with the partition lock.
void make_partition(pqxx::transaction_base& transaction, std::string_view table, sys_days day) {
  const std::string name = partition_name(table, day);
  if (!transaction.exec1(fmt::format("SELECT to_regclass('{}')", name))[0].is_null())
    return;
  const std::string from = timestamptz_text(day);
  const std::string to = timestamptz_text(day + days{1});
  transaction.exec0(fmt::format(
      "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)", name, table));
  transaction.exec0(fmt::format("WITH moved AS (DELETE FROM {1}_default WHERE at >= '{2}' AND at < '{3}' "
                                "RETURNING *) INSERT INTO {0} SELECT * FROM moved",
                                name, table, from, to));
  transaction.exec0(fmt::format("ALTER TABLE {1} ATTACH PARTITION {0} FOR VALUES FROM ('{2}') TO ('{3}')",
                                name, table, from, to));
}

void make_all(const std::set<sys_days>& needed, postgres_session& session) {
  pqxx::work transaction(session.connection());
  transaction.exec1(fmt::format("SELECT pg_advisory_xact_lock({})", partition_lock));
  for (sys_days day : needed)
    for (std::string_view table : partitioned_tables)
      make_partition(transaction, table, day);
  transaction.commit();
}

} // namespace

std::string timestamptz_text(timestamp at) {
  const sys_days day = day_of(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}+00", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

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
  make_all({day}, session);
}

void postgres_partitions::prepare_for(std::span<const frame_row> rows, postgres_session& session) {
  std::set<sys_days> needed;
  for (const frame_row& row : rows) {
    const sys_days received = day_of(row.received_at);
    const sys_days first = received - days_before_, last = received + days_after;
    collect(row.source->records.requests, first, last, needed);
    collect(row.source->records.lines, first, last, needed); // samples are of the same days
  }
  std::erase_if(needed, [&](sys_days day) { return made_.contains(day); });
  if (needed.empty())
    return;
  make_all(needed, session);
  made_.insert(needed.begin(), needed.end());
}

} // namespace parseflow::db
