// The numbered SQL files of db/migrations, embedded at build time. How they are applied is each store's part.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace parseflow::db {

/// One step of the schema: applied once, never changed after its release.
struct migration {
  /// 1, 2, …: its place in the order.
  int version;
  /// The file's name.
  std::string_view name;
  std::string_view sql;
};

/// All steps for SQLite, in order.
std::span<const migration> sqlite_migrations();

/// All steps for PostgreSQL, in order. Step n makes the same change as step n for SQLite.
std::span<const migration> postgres_migrations();

/// Those of `all` that a database at `version` (0: empty) still needs. Nothing if the database is newer than
/// `all`.
inline std::optional<std::span<const migration>> missing_after(std::span<const migration> all, int version) {
  const auto done = static_cast<std::size_t>(version);
  if (version < 0 || done > all.size())
    return std::nullopt;
  return all.subspan(done);
}

} // namespace parseflow::db
