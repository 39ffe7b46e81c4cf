// One partition per UTC day for the big tables of PostgreSQL, made when lines of that day come in.
#pragma once

#include <set>
#include <span>
#include <string>

#include "db/frame_rows.hpp"
#include "db/postgres_session.hpp"

namespace parseflow::db {

/// `YYYY-MM-DD hh:mm:ss.uuuuuu+00`, as PostgreSQL reads it.
std::string timestamptz_text(timestamp at);

/// Knows which days have partitions. Lines dated more than a week before or a day after their frame came in
/// get none: they go to the default partition, so that wrong clocks make no thousands of tables.
class postgres_partitions {
public:
  /// Makes the partitions that `rows` need, in a transaction of its own. Rows of that day in the default
  /// partition move over. Throws what libpqxx throws.
  void prepare_for(std::span<const frame_row> rows, postgres_session& session);

private:
  std::set<std::chrono::sys_days> made_;
};

} // namespace parseflow::db
