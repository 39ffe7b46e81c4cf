// The advisory locks that this program takes in PostgreSQL.
#pragma once

#include <cstdint>

namespace parseflow::db {

/// The key of a lock: arbitrary, equal on every node and in every version, and unique in this program. Each
/// lock is held until the end of a transaction.
enum class advisory_lock : std::int64_t {
  migrations = 0x7061'7274'0000'0000, ///< Held while migrations are applied.
  partitions = 0x7061'7274'0000'0001, ///< Held while partitions are made.
  retention = 0x7061'7274'0000'0002,  ///< Held while rows are removed.
};

} // namespace parseflow::db
