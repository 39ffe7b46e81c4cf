// Divides the big tables of PostgreSQL into one partition per UTC day, made when lines of that day arrive.
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

/// The tables that are divided by day. Rows without a partition of their day are in NAME_default.
inline constexpr std::array<std::string_view, 3> partitioned_tables{"request", "log_line", "sample"};

/// The day whose rows the partition `name` of `table` holds; nothing if it is not the partition of a day.
std::optional<std::chrono::sys_days> day_of_partition(std::string_view table, std::string_view name);

/// Makes the partitions of `day` that are missing, in a transaction of its own. Moves rows of that day out of
/// the default partitions; if they are too many, that day gets no partition. Throws what libpqxx throws, most
/// often because a session that reads the tables holds the lock that this needs.
void make_partitions(std::chrono::sys_days day, postgres_session& session);

/// Knows which days have partitions. Lines dated long before their frame arrived, or more than a day after,
/// get none: they go to the default partition, so that wrong clocks do not cause thousands of tables.
class postgres_partitions {
public:
  /// @param days_before Lines dated more than this before the day of their frame get no partition: a week, or
  /// less where retention would drop the partition at once.
  explicit postgres_partitions(std::chrono::days days_before) : days_before_(days_before) {}

  /// Makes the partitions that `rows` need, as `make_partitions` does. If the partitions of a day cannot
  /// be made now, its lines go to the default partitions, and the next try is a minute later. Throws
  /// only pqxx::broken_connection.
  void prepare_for(std::span<const frame_row> rows, postgres_session& session);

  /// Forgets which partitions exist: some may have been dropped.
  void forget() { made_.clear(); }

private:
  void make(std::chrono::sys_days day, postgres_session& session);

  using clock = std::chrono::steady_clock;
  std::chrono::days days_before_;
  std::set<std::chrono::sys_days> made_;
  // Days whose partitions could not be made, and when to try again.
  std::map<std::chrono::sys_days, clock::time_point> put_off_;
};

} // namespace parseflow::db
