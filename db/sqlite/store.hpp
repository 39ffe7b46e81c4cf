// SQLITE STORE: one file, no server. Readers such as `sqlite3` may read it while it is written.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "db/registry_store.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// How a SQLite store is opened.
struct sqlite_options {
  /// The database file; created if missing.
  std::string path;
  /// The name of this node in the rollup table.
  std::string node = "main";
  /// Whether to create the folder of `path` if it is missing.
  bool makes_folder = false;
  /// How long a call waits for another process's lock before it returns `retry`.
  std::chrono::milliseconds lock_timeout{2000};
};

/// A store that keeps everything in a SQLite file in WAL mode; a commit is on disk when `write` returns.
std::unique_ptr<store> make_sqlite_store(sqlite_options options);

/// The registry in the same file.
std::unique_ptr<registry_store> make_sqlite_registry(sqlite_options options);

} // namespace parseflow::db
