#include "db/sqlite/store.hpp"

#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <sqlite3.h>

#include "db/database_registry.hpp"
#include "db/database_store.hpp"
#include "db/migrations.hpp"
#include "db/sqlite/alerts.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/recall.hpp"
#include "db/sqlite/registry.hpp"
#include "db/sqlite/rejected.hpp"
#include "db/sqlite/write.hpp"

namespace parseflow::db {

namespace {

constexpr std::int64_t kept_wal_bytes = checkpoint_pages * std::int64_t{4'096};

outcome outcome_of(int basic_code) {
  switch (basic_code) {
  case SQLITE_TOOBIG:
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
  case SQLITE_RANGE:
  case SQLITE_ERROR:
  case SQLITE_MISUSE:
  case SQLITE_INTERNAL:
    return outcome::rejected;
  default: // Locks, disk, memory, a damaged file: not this batch's fault.
    return outcome::retry;
  }
}

// Like `outcome_of`, while the file is opened: no data can be at fault then, so either waiting helps or
// nothing does.
outcome opening_outcome_of(int basic_code) {
  switch (basic_code) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_PROTOCOL:
  case SQLITE_IOERR:
  case SQLITE_FULL:
  case SQLITE_NOMEM:
    return outcome::retry;
  default:
    return outcome::rejected;
  }
}

void migrate(const sqlite_connection& db) {
  sqlite_transaction transaction(db);
  db.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
             "applied_at INTEGER NOT NULL)");
  auto current = db.prepare("SELECT coalesce(max(version), 0) FROM schema_version");
  current.step();
  const int version = static_cast<int>(current.column_number(0));
  current.reset();
  for (const migration& step : missing_after(sqlite_migrations(), version)) {
    db.execute(std::string(step.sql));
    auto note = db.prepare("INSERT INTO schema_version (version, name, applied_at) VALUES (?, ?, ?)");
    note.number64(step.version);
    note.text(step.name);
    note.time(system_time());
    note.run();
  }
  transaction.commit();
}

// See `store_backend` and `registry_backend`.
class sqlite_backend {
public:
  static constexpr std::string_view kind = "sqlite";

  explicit sqlite_backend(sqlite_options options) : options_(std::move(options)) {}

  std::string place() const { return fmt::format("SQLite database {}", options_.path); }
  bool is_open() const { return static_cast<bool>(db_); }

  void open() {
    if (options_.makes_folder)
      make_folder();
    db_ = sqlite_connection(options_.path);
    db_.execute(fmt::format("PRAGMA busy_timeout = {}", options_.lock_timeout.count()));
    // Lets retention give space back. Works only in a new file, before the first page is written.
    db_.execute("PRAGMA auto_vacuum = INCREMENTAL");
    db_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    // The WAL grows beyond that limit while somebody reads; the size limit shrinks it again afterwards.
    db_.execute(fmt::format("PRAGMA wal_autocheckpoint = {}; PRAGMA journal_size_limit = {}; "
                            "PRAGMA cache_size = -65536",
                            checkpoint_pages, kept_wal_bytes));
    migrate(db_);
  }

  void close() {
    statements_.reset();
    db_ = {};
  }

  // Closing the connection rolls back a transaction that could not be rolled back otherwise.
  void forget() {
    statements_.reset();
    if (db_.is_in_transaction())
      close();
  }

  result opening_failure() const {
    try {
      throw;
    } catch (const sqlite_error& e) {
      return {opening_outcome_of(e.basic_code()), e.what() + hint()};
    } catch (const std::exception& e) {
      return {outcome::rejected, e.what()};
    }
  }

  result failure() const {
    try {
      throw;
    } catch (const sqlite_in_doubt& e) {
      return {outcome::in_doubt, e.what()};
    } catch (const sqlite_error& e) {
      return {outcome_of(e.basic_code()), e.what()};
    } catch (const std::exception& e) { // an unknown error is no reason to blame a frame
      return {outcome::retry, e.what()};
    }
  }

  // No limit here: a call takes as long as the disk and `lock_timeout` need.
  struct unlimited {};
  unlimited limited() const { return {}; }

  sqlite_write begin_write(const std::string& node, std::vector<frame_row>& rows, drain_cache& drains) {
    if (!statements_)
      statements_.emplace(db_);
    return {db_, *statements_, node, rows, drains};
  }
  sqlite_recall begin_read() const { return sqlite_recall(db_); }
  sqlite_registry begin_registry(bool writes) const {
    return {db_, writes ? sqlite_access::write : sqlite_access::read};
  }

  void save_alerts(const std::string& node, std::span<const alert_row> rows) const {
    db::save_alerts(db_, node, rows);
  }
  void add_rejected(const rejected_row& row) const { db::add_rejected(db_, row); }
  void read_rejected_groups(const std::function<void(rejected_group)>& take) const {
    db::read_rejected_groups(db_, take);
  }
  void read_rejected_frames(std::int64_t after, const std::function<void(rejected_frame)>& take) const {
    db::read_rejected_frames(db_, after, take);
  }

  std::uint64_t log_bytes() const {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(options_.path + "-wal", missing);
    return missing ? 0 : bytes;
  }

private:
  void make_folder() const {
    const std::filesystem::path folder = std::filesystem::path(options_.path).parent_path();
    std::error_code problem;
    if (!folder.empty())
      std::filesystem::create_directories(folder, problem);
    if (problem)
      throw unusable(fmt::format("the directory {} cannot be made ({})", folder.string(), problem.message()));
  }

  // Explains what `unable to open database file` and similar errors do not say.
  std::string hint() const {
    if (db_)
      return {};
    std::error_code ignored;
    const std::filesystem::path path = options_.path;
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (std::filesystem::is_directory(path, ignored))
      return "; it is a directory, name a file in it";
    if (!std::filesystem::is_directory(folder, ignored))
      return fmt::format("; the directory {} does not exist", folder.string());
    return "; is it, with its directory, writable for this user?";
  }

  sqlite_options options_;
  sqlite_connection db_;
  std::optional<sqlite_write_statements> statements_; // declared after db_: finalized before it is closed
};

} // namespace

std::unique_ptr<store> make_sqlite_store(sqlite_options options) {
  const std::string node = options.node;
  return std::make_unique<database_store<sqlite_backend>>(node, std::move(options));
}

std::unique_ptr<registry_store> make_sqlite_registry(sqlite_options options) {
  return std::make_unique<database_registry<sqlite_backend>>(std::move(options));
}

} // namespace parseflow::db
