// The advisory locks of PostgreSQL that this program takes.
#pragma once

#include <cstdint>

namespace parseflow::db {

/// The key of a lock: arbitrary, the same on every node and in every version, and different from the others.
/// Each is held until the end of a transaction.
enum class advisory_lock : std::int64_t {
  migrations = 0x7061'7274'0000'0000, ///< Migrations are applied.
  partitions = 0x7061'7274'0000'0001, ///< Partitions are made.
  retention = 0x7061'7274'0000'0002,  ///< Rows are removed.
};

} // namespace parseflow::db
