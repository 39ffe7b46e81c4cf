// SQLITE STORE: one file, no server.
#include "db/sqlite/store.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <sqlite3.h>

#include "db/frame_rows.hpp"
#include "db/migrations.hpp"
#include "db/rollup_cache.hpp"
#include "db/row_mapping.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/recall.hpp"
#include "db/sqlite/rejected.hpp"
#include "db/stored_text.hpp"
#include "messages/system_time.hpp"

namespace parseflow::db {

namespace {

constexpr std::int64_t kept_wal_bytes = checkpoint_pages * std::int64_t{4'096};

// Somebody else changed a rollup that the cache holds.
struct stale_rollup {};

// The database cannot be used as it is, and trying again does not help.
struct unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

outcome outcome_of(int code) {
  switch (code & 0xFF) {
  case SQLITE_TOOBIG:
  case SQLITE_CONSTRAINT:
  case SQLITE_MISMATCH:
  case SQLITE_RANGE:
  case SQLITE_ERROR:
  case SQLITE_MISUSE:
  case SQLITE_INTERNAL:
    return outcome::rejected;
  default: // Locks, disk, memory, a damaged file: nothing that another batch would change.
    return outcome::retry;
  }
}

// The same while the file is opened, when there is no data that could be at fault: waiting helps, or nothing
// does.
outcome opening_outcome_of(int code) {
  switch (code & 0xFF) {
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

struct statements {
  explicit statements(const sqlite_connection& db)
      : add_drain(db.prepare("INSERT INTO drain (token, app, first_seen, last_seen) VALUES (?1, ?2, ?3, ?3) "
                             "ON CONFLICT (token) DO UPDATE SET app = excluded.app, "
                             "last_seen = max(last_seen, excluded.last_seen) RETURNING id")),
        add_frame(db.prepare("INSERT OR IGNORE INTO frame (drain_id, id, received_at, node) "
                             "VALUES (?, ?, ?, ?)")),
        read_frame(db.prepare("SELECT node FROM frame WHERE drain_id = ? AND id = ?")),
        add_request(db.prepare(fmt::format("INSERT INTO request ({}) VALUES ({})", request_columns,
                                           parameters(request_column_count)))),
        add_line(db.prepare(
            fmt::format("INSERT INTO log_line ({}) VALUES ({})", log_columns, parameters(log_column_count)))),
        add_sample(db.prepare(fmt::format("INSERT INTO sample ({}) VALUES ({})", sample_columns,
                                          parameters(sample_column_count)))),
        read_rollup(
            db.prepare("SELECT data, revision FROM rollup WHERE minute = ? AND app = ? AND node = ?")),
        make_rollup(db.prepare("INSERT INTO rollup (minute, app, node, data, revision) "
                               "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (minute, app, node) DO NOTHING")),
        change_rollup(db.prepare("UPDATE rollup SET data = ?4, revision = ?5 WHERE minute = ?1 AND app = ?2 "
                                 "AND node = ?3 AND revision = ?5 - 1")) {}

  sqlite_statement add_drain, add_frame, read_frame, add_request, add_line, add_sample, read_rollup,
      make_rollup, change_rollup;
};

class sqlite_store final : public store {
public:
  explicit sqlite_store(sqlite_options options)
      : options_(std::move(options)), node_(stored_name(options_.node)) {}

  std::string_view kind() const override { return "sqlite"; }

  result open() override {
    if (db_)
      return {};
    is_opening_ = true;
    result opened = guarded([&] {
      if (options_.makes_folder)
        make_folder();
      db_ = sqlite_connection(options_.path);
      db_.execute(fmt::format("PRAGMA busy_timeout = {}", options_.lock_timeout.count()));
      // In a new file only, and only before the first page is written: lets retention give space back.
      db_.execute("PRAGMA auto_vacuum = INCREMENTAL");
      db_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      // While somebody reads the WAL grows beyond that; afterwards it does not keep the size.
      db_.execute(fmt::format("PRAGMA wal_autocheckpoint = {}; PRAGMA journal_size_limit = {}; "
                              "PRAGMA cache_size = -65536",
                              checkpoint_pages, kept_wal_bytes));
      migrate();
    });
    is_opening_ = false;
    if (opened.code != outcome::done)
      db_ = {};
    return opened;
  }

  write_result write(std::span<const batch_ptr> batches) override {
    return write_frames(batches, [](const auto&) {});
  }

  write_result write_rejected(std::span<const batch_ptr> batches) override {
    return write_frames(batches, [&](const std::vector<frame_row>& rows) { forget_rejected(db_, rows); });
  }

  result rejected_groups(const std::function<void(rejected_group)>& take) override {
    return in_file([&] { read_rejected_groups(db_, take); });
  }

  result rejected_frames(std::int64_t after, const std::function<void(rejected_frame)>& take) override {
    return in_file([&] { read_rejected_frames(db_, after, take); });
  }

  result set_aside(const frame& refused, std::string_view reason) override {
    return in_file([&] { add_rejected(db_, refused, reason); });
  }

  recall_result recall(const recall_question& question, const recall_ears& ears) override {
    recall_result read;
    static_cast<result&>(read) =
        in_file([&] { read.unreadable_rollups = db::recall(db_, node_, question, ears); });
    return read;
  }

  result write_alerts(std::span<const alert> changed) override {
    return in_file([&] {
      auto save = db_.prepare("INSERT INTO alert (node, raised_at, type, app, severity, message, value, "
                              "resolved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                              "ON CONFLICT DO UPDATE SET resolved_at = excluded.resolved_at");
      db_.execute("BEGIN IMMEDIATE");
      for (const alert& one : changed) {
        const std::string type = stored_name(one.type), app = stored_name(one.app);
        std::string message;
        make_storable(one.message, message);
        save.text_not_null(node_);
        save.time(storable_time(one.raised_at));
        save.text_not_null(type);
        save.text_not_null(app);
        save.text_not_null(one.severity);
        save.text_not_null(message);
        save.real(one.value);
        if (one.resolved)
          save.time(storable_time(one.resolved_at));
        else
          save.text({});
        save.run();
      }
      db_.execute("COMMIT");
    });
  }

  std::uint64_t log_bytes() const override {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(options_.path + "-wal", missing);
    return missing ? 0 : bytes;
  }

private:
  // `also` is done with the rows in the same transaction.
  template <class Action>
  write_result write_frames(std::span<const batch_ptr> batches, Action also) {
    write_result written;
    static_cast<result&>(written) = in_file([&] {
      const std::vector<frame_row> rows = frame_rows(batches);
      drains_.trim();
      try {
        write_once(rows, written, also);
      } catch (const stale_rollup&) {
        forget();
        write_once(rows, written, also);
      }
    });
    return written;
  }

  template <class Action>
  result in_file(Action action) {
    if (!db_)
      return {outcome::retry, fmt::format("SQLite database {}: not open", options_.path)};
    return guarded(action);
  }

  // Runs `action`; turns what it throws into a result that names the file, and undoes its transaction.
  template <class Action>
  result guarded(Action action) {
    try {
      action();
      return {};
    } catch (const sqlite_error& e) {
      if (is_opening_)
        return failed(opening_outcome_of(e.code), e.what());
      const bool is_in_doubt = is_committing_ && (e.code & 0xFF) == SQLITE_IOERR;
      return failed(is_in_doubt ? outcome::in_doubt : outcome_of(e.code), e.what());
    } catch (const stale_rollup&) {
      return failed(outcome::retry, "another process changes the rollups of this node at the same time");
    } catch (const std::bad_alloc&) {
      return failed(outcome::retry, "out of memory");
    } catch (const std::exception& e) {
      return failed(outcome::rejected, e.what());
    }
  }

  result failed(outcome code, std::string_view problem) {
    std::string message = fmt::format("SQLite database {}: {}{}", options_.path, problem, hint());
    forget();
    return {code, std::move(message)};
  }

  // What `unable to open database file` and the like leave open.
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

  // After a failure the tables are right, not what this process remembers of them.
  void forget() {
    is_committing_ = false;
    rollups_.clear();
    drains_.clear();
    statements_.reset();
    try {
      if (db_.in_transaction())
        db_.execute("ROLLBACK");
    } catch (const sqlite_error&) {
      db_ = {}; // Closing undoes the transaction; `open` starts anew.
    }
  }

  void make_folder() const {
    const std::filesystem::path folder = std::filesystem::path(options_.path).parent_path();
    std::error_code problem;
    if (!folder.empty())
      std::filesystem::create_directories(folder, problem);
    if (problem)
      throw unusable(fmt::format("the directory {} cannot be made ({})", folder.string(), problem.message()));
  }

  void migrate() {
    db_.execute("BEGIN IMMEDIATE");
    db_.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                "applied_at INTEGER NOT NULL)");
    auto current = db_.prepare("SELECT coalesce(max(version), 0) FROM schema_version");
    current.step();
    const int version = static_cast<int>(current.column_number(0));
    current.reset();
    const auto missing = missing_after(sqlite_migrations(), version);
    if (!missing)
      throw unusable(fmt::format("its schema has version {}, this program knows {}; start the newer program",
                                 version, sqlite_migrations().size()));
    for (const migration& step : *missing) {
      db_.execute(std::string(step.sql));
      auto note = db_.prepare("INSERT INTO schema_version (version, name, applied_at) VALUES (?, ?, ?)");
      note.number64(step.version);
      note.text(step.name);
      note.time(system_time());
      note.run();
    }
    db_.execute("COMMIT");
  }

  // Notes in `written` what was stored before.
  template <class Action>
  void write_once(const std::vector<frame_row>& rows, write_result& written, Action also) {
    if (!statements_)
      statements_ = std::make_unique<statements>(db_);
    db_.execute("BEGIN IMMEDIATE");
    write_result before;
    for (const frame_row& row : rows) {
      const std::int32_t drain_id = drain_id_of(row);
      if (add_frame(row, drain_id))
        add_lines(row, drain_id);
      else
        (is_stored_elsewhere(row, drain_id) ? before.stored_elsewhere : before.stored_here)
            .push_back(row.source);
    }
    rollups_.store([&](const rollup_key& key, std::string_view data, std::int64_t revision) {
      return save_rollup(key, data, revision);
    });
    also(rows);
    is_committing_ = true;
    db_.execute("COMMIT");
    is_committing_ = false;
    rollups_.commit();
    written = std::move(before);
  }

  // False: it is stored already.
  bool add_frame(const frame_row& row, std::int32_t drain_id) {
    auto& add = statements_->add_frame;
    add.number32(drain_id);
    add.text(row.id);
    add.time(row.received_at);
    add.text_not_null(node_);
    add.run();
    return db_.changes() != 0;
  }

  bool is_stored_elsewhere(const frame_row& row, std::int32_t drain_id) {
    auto& read = statements_->read_frame;
    read.number32(drain_id);
    read.text(row.id);
    const bool elsewhere = read.step() && !read.column_is_null(0) && read.column_bytes(0) != node_;
    read.reset();
    return elsewhere;
  }

  void add_lines(const frame_row& row, std::int32_t drain_id) {
    for (const request_record& record : row.source->records.requests) {
      visit(mapper_.map(record, drain_id, row.app), statements_->add_request);
      statements_->add_request.run();
    }
    for (const log_record& record : row.source->records.lines) {
      visit(mapper_.map(record, drain_id), statements_->add_line);
      statements_->add_line.run();
    }
    for (const sample_record& record : row.source->records.samples) {
      visit(mapper_.map(record, drain_id), statements_->add_sample);
      statements_->add_sample.run();
    }
    rollups_.add(row.app, row.source->partial, [&](const rollup_key& key) { return read_rollup(key); });
  }

  std::int32_t drain_id_of(const frame_row& row) {
    if (const auto known = drains_.find(row))
      return *known;
    auto& add_drain = statements_->add_drain;
    add_drain.text(row.drain);
    add_drain.text_not_null(row.app);
    add_drain.time(row.received_at);
    add_drain.step();
    const auto id = static_cast<std::int32_t>(add_drain.column_number(0));
    add_drain.run();
    drains_.put(row, id);
    return id;
  }

  std::optional<cached_rollup> read_rollup(const rollup_key& key) {
    auto& read = statements_->read_rollup;
    read.time(key.at);
    read.text(key.app);
    read.text(node_);
    if (!read.step())
      return std::nullopt;
    auto data = rollup::decode(read.column_bytes(0));
    const std::int64_t revision = read.column_number(1);
    read.reset();
    if (!data)
      throw unusable(fmt::format("the rollup of {} in its minute cannot be read", key.app));
    return cached_rollup{std::move(*data), revision};
  }

  // Retention may have folded the row that the cache holds: then it is not made again.
  std::int64_t save_rollup(const rollup_key& key, std::string_view data, std::int64_t expected_revision) {
    auto& save = expected_revision > 0 ? statements_->change_rollup : statements_->make_rollup;
    const std::int64_t revision = next_revision(expected_revision, system_time());
    save.time(key.at);
    save.text(key.app);
    save.text(node_);
    save.blob_not_null(data);
    save.number64(revision);
    save.run();
    if (db_.changes() == 0)
      throw stale_rollup{};
    return revision;
  }

  const sqlite_options options_;
  const std::string node_;
  sqlite_connection db_;
  std::unique_ptr<statements> statements_; // after db_: finalized before it is closed
  rollup_cache rollups_;
  drain_cache drains_;
  row_mapper mapper_;
  bool is_opening_ = false;
  bool is_committing_ = false;
};

} // namespace

std::unique_ptr<store> make_sqlite_store(sqlite_options options) {
  return std::make_unique<sqlite_store>(std::move(options));
}

} // namespace parseflow::db
