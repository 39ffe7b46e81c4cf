// One partition per UTC day for the big tables of PostgreSQL, made when lines of that day come in.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "db/frame_rows.hpp"
#include "db/postgres/session.hpp"

namespace parseflow::db {

/// The tables that are divided by day. What belongs to no day's partition is in NAME_default.
inline constexpr std::array<std::string_view, 3> partitioned_tables{"request", "log_line", "sample"};

/// The day whose rows the partition `name` of `table` holds; nothing if it is no day's.
std::optional<std::chrono::sys_days> day_of_partition(std::string_view table, std::string_view name);

/// Makes the partitions of `day` that are missing, in a transaction of its own. Rows of that day in the
/// default partitions move over; if these are too many, the day stays there. Throws what libpqxx throws:
/// above all when somebody who reads the tables keeps the lock that this needs.
void make_partitions(std::chrono::sys_days day, postgres_session& session);

/// Knows which days have partitions. Lines dated long before or more than a day after their frame came in get
/// none: they go to the default partition, so that wrong clocks make no thousands of tables.
class postgres_partitions {
public:
  /// @param days_before A line dated more than this before the day of its frame is dated long before: a week,
  /// or less where retention would drop the partition again at once.
  explicit postgres_partitions(std::chrono::days days_before) : days_before_(days_before) {}

  /// Makes the partitions that `rows` need, as `make_partitions` does. A day whose partitions cannot be made
  /// now has its lines in the default partitions meanwhile, and its next try in a minute. Throws
  /// pqxx::broken_connection only.
  void prepare_for(std::span<const frame_row> rows, postgres_session& session);

  /// Forgets what it knows of the tables: a partition may have been dropped.
  void forget() { made_.clear(); }

private:
  void make(std::chrono::sys_days day, postgres_session& session);

  using clock = std::chrono::steady_clock;
  std::chrono::days days_before_;
  std::set<std::chrono::sys_days> made_;
  // Days that could not be had, and when they are tried again.
  std::map<std::chrono::sys_days, clock::time_point> put_off_;
};

} // namespace parseflow::db
