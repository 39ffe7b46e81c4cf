#include "db/sqlite/retention.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include <fmt/format.h>
#include <sqlite3.h>

#include "db/database_retention.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/downsampling.hpp"

namespace parseflow::db {

namespace {

// How many rows a step removes, so that it holds the write lock for only some milliseconds: rows of lines;
// keys, which are in no order; and rows of kilobytes (rollups) or up to megabytes (whole bodies).
constexpr std::int64_t lines_per_step = 2'000;
constexpr std::int64_t frames_per_step = 500;
constexpr std::int64_t rollups_per_step = 200;
constexpr std::int64_t bodies_per_step = 10;

// How long it takes to give a page back depends on how much of the file is in memory: a step that takes
// longer than this halves the size of the next one, any other step doubles it again.
constexpr std::chrono::milliseconds shrink_time{20};
constexpr std::int64_t min_pages_per_step = 8, max_pages_per_step = 256;

// This part of the file, and at least `min_reserve_pages`, stay free for the next lines: there is no use in
// moving pages only to ask the system for new ones soon after.
constexpr std::int64_t reserve_divisor = 10;
constexpr std::int64_t min_reserve_pages = 1'000;

// The date of a row that is dated further ahead does not show when the row was inserted.
constexpr std::chrono::hours plausible_lead{24};
// How often the walk returns to the rows that it left in place.
constexpr std::chrono::hours full_walk_interval{24};

// Give up early: the writer has priority, and waits for the lock for seconds.
constexpr std::chrono::milliseconds lock_timeout{250};

std::int64_t step_limit(const kept_table& table) {
  return table.name == "rejected_frame" ? bodies_per_step : lines_per_step;
}

// Removes the old rows of one table. An index on the date would cost the writer 0.4 us a line, so this walks
// by rowid, which grows with every insert: from the lowest one on, until most rows are young. Rows dated far
// from their insertion do not stop the walk: one dated ahead is left in place and met again by the next walk
// from the beginning; one dated back is removed when the walk reaches it.
class table_walk {
public:
  table_walk(const sqlite_connection& db, const kept_table& table)
      : db_(db), limit_(step_limit(table)),
        look_(db.prepare(fmt::format("SELECT count(*), max(id), total(at < ?2), total(at BETWEEN ?2 AND ?3) "
                                     "FROM (SELECT rowid AS id, {} AS at FROM {} WHERE rowid > ?1 "
                                     "ORDER BY rowid LIMIT ?4)",
                                     table.date, table.name))),
        remove_(db.prepare(fmt::format("DELETE FROM {} WHERE rowid > ?1 AND rowid <= ?2 AND {} < ?3",
                                       table.name, table.date))) {}

  // Removes the next rows dated before `cutoff` and adds their number to `removed`. False: nothing is left to
  // remove for now.
  bool step(timestamp cutoff, timestamp now, std::uint64_t& removed) {
    if (position_ == beginning_)
      choose_beginning(now);
    look_.number64(position_);
    look_.time(cutoff);
    look_.time(now + plausible_lead);
    look_.number64(limit_);
    look_.step();
    const std::int64_t count = look_.column_number(0), last = look_.column_number(1),
                       old = look_.column_number(2), young = look_.column_number(3);
    look_.reset();
    if (old > 0) {
      remove_.number64(position_);
      remove_.number64(last);
      remove_.time(cutoff);
      remove_.run();
      removed += static_cast<std::uint64_t>(db_.changes());
    }
    // The range counts rowids without a row, too: where most rows are gone, an earlier walk has left only
    // those dated ahead.
    const bool is_young = 2 * young >= last - position_;
    if (count == limit_ && !is_young) {
      before_ = position_;
      position_ = last;
      return true;
    }
    // Start one step back next time, since some rows of that step may have been young.
    beginning_ = position_ = before_;
    return false;
  }

private:
  void choose_beginning(timestamp now) {
    if (now - last_full_walk_ < full_walk_interval)
      return;
    last_full_walk_ = now;
    beginning_ = position_ = before_ = 0;
  }

  const sqlite_connection& db_;
  const std::int64_t limit_;
  sqlite_statement look_, remove_;
  // Rowids: where this walk began, where its last step began, and where its next one begins.
  std::int64_t beginning_ = 0, before_ = 0, position_ = 0;
  timestamp last_full_walk_{};
};

// Removes the old rows of a table that has an index on the date for other reasons.
class indexed_removal {
public:
  indexed_removal(const sqlite_connection& db, const kept_table& table, std::string_view key,
                  std::int64_t limit)
      : db_(db), limit_(limit),
        look_(db.prepare(fmt::format("SELECT 1 FROM {} WHERE {} < ? LIMIT 1", table.name, table.date))),
        remove_(db.prepare(
            fmt::format("DELETE FROM {0} WHERE ({1}) IN (SELECT {1} FROM {0} WHERE {2} < ? ORDER BY "
                        "{2} LIMIT ?)",
                        table.name, key, table.date))) {}

  // See `table_walk::step`.
  bool step(timestamp cutoff, std::uint64_t& removed) {
    // A DELETE takes the write lock even if there is nothing to remove.
    look_.time(cutoff);
    const bool has_old = look_.step();
    look_.reset();
    if (!has_old)
      return false;
    remove_.time(cutoff);
    remove_.number64(limit_);
    remove_.run();
    removed += static_cast<std::uint64_t>(db_.changes());
    return db_.changes() == limit_;
  }

private:
  const sqlite_connection& db_;
  const std::int64_t limit_;
  sqlite_statement look_, remove_;
};

// Everything that lives as long as the connection.
struct open_file {
  explicit open_file(const std::string& path) : db(path) {
    // If a power cut undoes a removal, it is simply repeated, so it need not wait for the disk.
    db.execute(
        fmt::format("PRAGMA busy_timeout = {}; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = {}",
                    lock_timeout.count(), checkpoint_pages));
    for (std::size_t i = 0; i < kept_tables.size(); ++i) {
      const kept_table& table = kept_tables[i];
      if (table.name == "frame")
        removals[i].emplace(db, table, "drain_id, id", frames_per_step);
      else if (table.name == "rollup") // downsampled rows are not in the order of insertion
        removals[i].emplace(db, table, "rowid", rollups_per_step);
      else
        walks[i].emplace(db, table);
    }
    rollups = make_sqlite_rollups(db);
  }

  // False: nothing is left to remove for now.
  bool remove(std::size_t table, timestamp cutoff, timestamp now, std::uint64_t& removed) {
    return walks[table] ? walks[table]->step(cutoff, now, removed) : removals[table]->step(cutoff, removed);
  }

  std::optional<timestamp> newest_line() const {
    auto query = db.prepare("SELECT max(minute) FROM rollup");
    query.step();
    return query.column_is_null(0) ? std::nullopt : std::optional(query.column_time(0));
  }

  // Gives some free pages at the end of the file back. False: the rest is needed, or the file does not
  // support it.
  bool shrink() {
    constexpr std::int64_t incremental = 2;
    if (number("auto_vacuum") != incremental)
      return false;
    const std::int64_t spare =
        number("freelist_count") - std::max(min_reserve_pages, number("page_count") / reserve_divisor);
    if (spare <= 0)
      return false;
    const auto begin = std::chrono::steady_clock::now();
    db.execute(fmt::format("PRAGMA incremental_vacuum({})", std::min(spare, pages_per_step)));
    const bool was_long = std::chrono::steady_clock::now() - begin > shrink_time;
    pages_per_step = was_long ? std::max(pages_per_step / 2, min_pages_per_step)
                              : std::min(pages_per_step * 2, max_pages_per_step);
    return true;
  }

  std::int64_t number(std::string_view pragma) const {
    auto query = db.prepare(fmt::format("PRAGMA {}", pragma));
    query.step();
    return query.column_number(0);
  }

  sqlite_connection db;
  // Each table has one of the two.
  std::array<std::optional<table_walk>, kept_tables.size()> walks;
  std::array<std::optional<indexed_removal>, kept_tables.size()> removals;
  std::unique_ptr<rollup_table> rollups;
  std::int64_t pages_per_step = min_pages_per_step;
};

// See `retention_backend`.
class sqlite_retention_backend {
public:
  // All tables share the one lock of the file.
  static constexpr bool skips_what_fails = false;

  explicit sqlite_retention_backend(std::string path) : path_(std::move(path)) {}

  std::string place() const { return fmt::format("SQLite database {}", path_); }

  void open() {
    if (!file_)
      file_ = std::make_unique<open_file>(path_);
  }

  result failure() {
    try {
      throw;
    } catch (const sqlite_error& e) {
      if (e.basic_code() != SQLITE_BUSY)
        file_.reset();
      return {outcome::retry, e.what()};
    } catch (const std::exception& e) {
      file_.reset();
      return {outcome::retry, e.what()};
    }
  }

  // No limit here: a call takes as long as the disk and `lock_timeout` need.
  struct unlimited {};
  unlimited limited() const { return {}; }

  void read_clocks(retention_clocks& read) const { read.newest_line = file_->newest_line(); }

  bool remove(std::size_t table, timestamp cutoff, timestamp now, retention_step& done) {
    return file_->remove(table, cutoff, now, done.rows[table]);
  }

  rollup_table& rollups() { return *file_->rollups; }

  bool tidy(timestamp) { return file_->shrink(); }

  void end_pass() {}

private:
  std::string path_;
  std::unique_ptr<open_file> file_;
};

} // namespace

std::unique_ptr<retention> make_sqlite_retention(std::string path, const retention_settings& kept) {
  return std::make_unique<database_retention<sqlite_retention_backend>>(kept, std::move(path));
}

} // namespace parseflow::db
