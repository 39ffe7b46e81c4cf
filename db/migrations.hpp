// The numbered SQL files of db/migrations, embedded at build time. Each store applies its own.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "db/failure.hpp"

namespace parseflow::db {

/// One step of the schema: applied once, never changed after its release.
struct migration {
  /// Its place in the order: 1, 2, …
  int version;
  /// The file's name.
  std::string_view name;
  std::string_view sql;
};

/// All steps for SQLite, in order.
std::span<const migration> sqlite_migrations();

/// All steps for PostgreSQL, in order. Step n makes the same change as step n for SQLite.
std::span<const migration> postgres_migrations();

/// The steps of `all` that a database at `version` (0: empty) still needs. Throws `unusable` if the database
/// is newer than `all`.
inline std::span<const migration> missing_after(std::span<const migration> all, int version) {
  if (version < 0 || static_cast<std::size_t>(version) > all.size())
    throw unusable("its schema has version " + std::to_string(version) + ", this program knows " +
                   std::to_string(all.size()) + "; start the newer program");
  return all.subspan(static_cast<std::size_t>(version));
}

} // namespace parseflow::db
