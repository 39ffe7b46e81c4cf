// POSTGRES STORE: a PostgreSQL that several nodes may share.
#include "db/postgres/store.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "db/migrations.hpp"
#include "db/postgres/array.hpp"
#include "db/postgres/copy.hpp"
#include "db/postgres/partitions.hpp"
#include "db/postgres/recall.hpp"
#include "db/postgres/rejected.hpp"
#include "db/postgres/session.hpp"
#include "db/rollup_cache.hpp"
#include "db/row_mapping.hpp"
#include "db/stored_text.hpp"
#include "messages/system_time.hpp"

namespace parseflow::db {

namespace {

// Any number, the same on every node: only one may apply migrations at a time.
constexpr std::int64_t migration_lock = 0x7061'7274'0000'0000;

// Somebody else changed a rollup that the cache holds.
struct stale_rollup {};

// The database cannot be used as it is, and trying again does not help.
struct unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// By the SQLSTATE (appendix A of PostgreSQL's manual): only what the values of a frame did wrong is rejected,
// and nothing that is about statements, sessions, locks, limits, shutdowns or failovers, or unknown.
bool is_fault_of_data(std::string_view state) {
  constexpr std::array data_at_fault{"22", "23", "54000"}; // the last: a row or key is too large
  constexpr std::string_view sequence_exhausted = "2200H";
  return state != sequence_exhausted &&
         std::any_of(data_at_fault.begin(), data_at_fault.end(),
                     [&](std::string_view one) { return state.starts_with(one); });
}

// Errors after which another session of the server may do: it, or a pooler before it, has lost the thread of
// what was said.
bool is_fault_of_session(std::string_view state) {
  constexpr std::array classes{"08", "0A", "25", "26", "34", "42"};
  return std::any_of(classes.begin(), classes.end(),
                     [&](std::string_view one) { return state.starts_with(one); });
}

class postgres_store final : public store {
public:
  explicit postgres_store(postgres_options options)
      : options_(std::move(options)), node_(stored_name(options_.node)),
        partitions_(options_.partition_days_before) {
    const url_parts parts(options_.url);
    if (parts.is_valid)
      place_ = fmt::format("{}:{}/{}", parts.host, parts.port, parts.database);
  }

  std::string_view kind() const override { return "postgresql"; }

  result open() override {
    if (place_.empty())
      return {outcome::rejected,
              "the database URL is malformed: it must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with "
              "special characters in the password written as %XX"};
    if (session_ && session_->is_open())
      return {};
    return guarded([&] {
      forget();
      session_ = std::make_unique<postgres_session>(options_.url, options_.limits);
      const auto limit = session_->limited();
      is_opening_ = true;
      migrate();
      is_opening_ = false;
    });
  }

  write_result write(std::span<const batch_ptr> batches) override {
    return write_frames(batches, [](auto&, const auto&) {});
  }

  write_result write_rejected(std::span<const batch_ptr> batches) override {
    return write_frames(batches, forget_rejected);
  }

  result rejected_groups(const std::function<void(rejected_group)>& take) override {
    return in_session([&] { read_rejected_groups(*session_, take); });
  }

  result rejected_frames(std::int64_t after, const std::function<void(rejected_frame)>& take) override {
    return in_session([&] { read_rejected_frames(*session_, after, take); });
  }

  result set_aside(const frame& refused, std::string_view reason) override {
    return in_session([&] { add_rejected(*session_, refused, reason); });
  }

  recall_result recall(const recall_question& question, const recall_ears& ears) override {
    recall_result read;
    static_cast<result&>(read) =
        with_session([&] { read.unreadable_rollups = db::recall(*session_, node_, question, ears); });
    return read;
  }

  result write_alerts(std::span<const alert> changed) override {
    return in_session([&] {
      postgres_transaction transaction(*session_);
      for (const alert& one : changed) {
        std::string message;
        make_storable(one.message, message);
        transaction.exec_params(
            "INSERT INTO alert (node, raised_at, type, app, severity, message, value, resolved_at) "
            "VALUES ($1, $2::timestamptz, $3, $4, $5, $6, $7, nullif($8, '')::timestamptz) "
            "ON CONFLICT (node, raised_at, type, app) DO UPDATE SET resolved_at = excluded.resolved_at",
            node_, timestamptz_text(storable_time(one.raised_at)), stored_name(one.type),
            stored_name(one.app), one.severity, message, one.value,
            one.resolved ? timestamptz_text(storable_time(one.resolved_at)) : "");
      }
      transaction.commit();
    });
  }

private:
  // `also` is done with the rows in the same transaction.
  template <class Action>
  write_result write_frames(std::span<const batch_ptr> batches, Action also) {
    write_result written;
    static_cast<result&>(written) = in_session([&] {
      std::vector<frame_row> rows = frame_rows(batches);
      drains_.trim();
      partitions_.prepare_for(rows, *session_);
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
  result in_session(Action action) {
    return with_session([&] {
      const auto limit = session_->limited();
      action();
    });
  }

  // Without a limit for the whole.
  template <class Action>
  result with_session(Action action) {
    if (!session_)
      return {outcome::retry, fmt::format("PostgreSQL at {}: not connected", place_)};
    return guarded(action);
  }

  // Runs `action`; turns what it throws into a result that names the server. libpqxx has undone the
  // transaction.
  template <class Action>
  result guarded(Action action) {
    try {
      action();
      return {};
    } catch (const pqxx::in_doubt_error&) {
      session_.reset();
      return failed(outcome::in_doubt, "the connection was lost while the transaction was committed");
    } catch (const pqxx::broken_connection& e) {
      // Once connected, libpqxx says only that it could not ask the lost connection for its encoding.
      const bool was_connected = session_ != nullptr;
      session_.reset();
      return failed(outcome::retry, was_connected ? "the connection was lost" : e.what());
    } catch (const pqxx::sql_error& e) {
      if (!is_opening_ && is_fault_of_data(e.sqlstate()))
        return failed(outcome::rejected, e.what());
      if (is_fault_of_session(e.sqlstate()))
        session_.reset();
      return failed(outcome::retry, e.what());
    } catch (const pqxx::failure& e) { // serialization, deadlock
      return failed(outcome::retry, e.what());
    } catch (const stale_rollup&) {
      return failed(outcome::retry, "another process changes the rollups of this node at the same time");
    } catch (const unusable& e) {
      return failed(outcome::rejected, e.what());
    } catch (const std::bad_alloc&) {
      return failed(outcome::retry, "out of memory");
    } catch (const std::exception& e) { // nothing that we know: no reason to blame a frame
      session_.reset();
      return failed(outcome::retry, e.what());
    }
  }

  result failed(outcome code, std::string_view problem) {
    // A server that ends the session says so by an error; only the next call would find the socket closed.
    if (is_opening_ || (session_ && !session_->is_open()))
      session_.reset();
    is_opening_ = false;
    forget();
    return {code, fmt::format("PostgreSQL at {}: {}", place_, first_line(problem))};
  }

  // After a failure the tables are right, not what this process remembers of them.
  void forget() {
    rollups_.clear();
    drains_.clear();
    partitions_.forget();
  }

  void migrate() {
    postgres_transaction transaction(*session_);
    transaction.exec(fmt::format("SELECT pg_advisory_xact_lock({})", migration_lock));
    transaction.exec("CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, "
                     "name text NOT NULL, applied_at timestamptz NOT NULL)");
    const int version =
        transaction.exec("SELECT coalesce(max(version), 0) FROM schema_version")[0][0].as<int>();
    const auto missing = missing_after(postgres_migrations(), version);
    if (!missing)
      throw unusable(fmt::format("its schema has version {}, this program knows {}; start the newer program",
                                 version, postgres_migrations().size()));
    for (const migration& step : *missing) {
      transaction.exec(std::string(step.sql));
      transaction.exec_params("INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, now())",
                              step.version, std::string(step.name));
    }
    transaction.commit();
  }

  // Notes in `written` what was stored before.
  template <class Action>
  void write_once(std::vector<frame_row>& rows, write_result& written, Action also) {
    find_drains(rows);
    postgres_transaction transaction(*session_);
    frames_by_key known = by_key(rows);
    write_result before;
    const std::vector<const frame_row*> added = add_frames(transaction, known, before);
    find_frames(transaction, known, before);
    copy_lines(added);
    for (const frame_row* row : added)
      rollups_.add(row->app, row->source->partial,
                   [&](const rollup_key& key) { return read_rollup(transaction, key); });
    rollups_.store([&](const rollup_key& key, std::string_view data, std::int64_t revision) {
      return save_rollup(transaction, key, data, revision);
    });
    also(transaction, rows);
    transaction.commit();
    rollups_.commit();
    written = std::move(before);
  }

  // Drains are rows that all nodes change, so they have a short transaction of their own: a node that hangs
  // while it stores lines holds none of them.
  void find_drains(std::vector<frame_row>& rows) {
    // Sorted by name: two nodes that lock the same drains in different order would wait for each other.
    drains_by_token unknown;
    for (frame_row& row : rows) {
      if (const auto known = drains_.find(row))
        row.drain_id = *known;
      else
        unknown[row.drain] = &row;
    }
    std::map<std::string_view, std::int32_t> ids;
    // A drain that another node makes at the same moment is found in the next round.
    bool is_update = true;
    while (!unknown.empty()) {
      postgres_transaction transaction(*session_);
      const auto take = [&](const pqxx::result& stored) {
        for (const pqxx::row& row : stored) {
          const auto found = unknown.find(row[0].c_str());
          drains_.put(*found->second, ids[found->first] = row[1].as<std::int32_t>());
          unknown.erase(found);
        }
      };
      // One of both in a transaction: who inserts waits for those that update, so they must wait for nobody.
      is_update ? take(update_drains(transaction, unknown)) : take(insert_drains(transaction, unknown));
      transaction.commit();
      is_update = !is_update;
    }
    for (frame_row& row : rows)
      if (const auto id = ids.find(row.drain); id != ids.end())
        row.drain_id = id->second;
  }

  using drains_by_token = std::map<std::string_view, const frame_row*>;

  // Their tokens, apps and times, as array literals.
  static std::array<std::string, 3> columns_of(const drains_by_token& drains) {
    std::array<std::string, 3> columns;
    for (const auto& [token, row] : drains) {
      append_element(columns[0], token);
      append_element(columns[1], row->app);
      append_element(columns[2], timestamptz_text(row->received_at));
    }
    for (std::string& column : columns)
      column += '}';
    return columns;
  }

  // Tokens and ids of those that are there.
  static pqxx::result update_drains(postgres_transaction& transaction, const drains_by_token& drains) {
    const auto [tokens, apps, times] = columns_of(drains);
    return transaction.exec_params(
        "WITH asked AS (SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) "
        "AS asked (token, app, seen)), "
        "known AS (SELECT id, token FROM drain WHERE token = ANY($1::text[]) ORDER BY token FOR NO KEY "
        "UPDATE) UPDATE drain SET app = asked.app, last_seen = greatest(drain.last_seen, asked.seen) "
        "FROM known JOIN asked USING (token) WHERE drain.id = known.id RETURNING drain.token, drain.id",
        tokens, apps, times);
  }

  // Tokens and ids of those that were not there. An upsert in place of both would take a number of the
  // sequence for every drain that is there, and so come to its end.
  static pqxx::result insert_drains(postgres_transaction& transaction, const drains_by_token& drains) {
    const auto [tokens, apps, times] = columns_of(drains);
    return transaction.exec_params(
        "INSERT INTO drain (token, app, first_seen, last_seen) SELECT token, app, seen, seen "
        "FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS asked (token, app, seen) "
        "ON CONFLICT (token) DO NOTHING RETURNING token, id",
        tokens, apps, times);
  }

  // Sorted for the same reason as the drains. Several rows may be of one frame: of these the first counts.
  using frames_by_key = std::map<std::pair<std::int32_t, std::string_view>, std::vector<const frame_row*>>;

  static frames_by_key by_key(const std::vector<frame_row>& rows) {
    frames_by_key sorted;
    for (const frame_row& row : rows)
      sorted[{row.drain_id, row.id}].push_back(&row);
    return sorted;
  }

  // Their drains and ids, as array literals.
  static std::pair<std::string, std::string> keys_of(const frames_by_key& frames) {
    std::string drains, ids;
    for (const auto& [key, rows] : frames) {
      append_element(drains, fmt::format_int(key.first).c_str());
      append_element(ids, key.second);
    }
    return {drains + '}', ids + '}'};
  }

  // The rows whose frames were not stored before; of `frames` those are left that were.
  std::vector<const frame_row*> add_frames(postgres_transaction& transaction, frames_by_key& frames,
                                           write_result& before) {
    std::vector<const frame_row*> added;
    if (frames.empty())
      return added;
    const auto [drains, ids] = keys_of(frames);
    std::string times;
    for (const auto& [key, rows] : frames)
      append_element(times, timestamptz_text(rows.front()->received_at));
    for (const pqxx::row& stored : transaction.exec_params(
             "INSERT INTO frame (drain_id, id, received_at, node) SELECT drain_id, id, at, $4::text "
             "FROM unnest($1::integer[], $2::text[], $3::timestamptz[]) AS asked (drain_id, id, at) "
             "ON CONFLICT DO NOTHING RETURNING drain_id, id",
             drains, ids, times + '}', node_)) {
      const auto frame = frames.find({stored[0].as<std::int32_t>(), stored[1].c_str()});
      added.push_back(frame->second.front());
      for (const frame_row* again : std::span{frame->second}.subspan(1))
        before.stored_here.push_back(again->source);
      frames.erase(frame);
    }
    return added;
  }

  // Who has stored the frames that were stored before.
  void find_frames(postgres_transaction& transaction, const frames_by_key& frames, write_result& before) {
    if (frames.empty())
      return;
    const auto [drains, ids] = keys_of(frames);
    for (const pqxx::row& stored : transaction.exec_params(
             "SELECT drain_id, id, coalesce(node <> $3, false) FROM frame "
             "JOIN unnest($1::integer[], $2::text[]) AS asked (drain_id, id) USING (drain_id, id)",
             drains, ids, node_))
      for (const frame_row* row : frames.at({stored[0].as<std::int32_t>(), stored[1].c_str()}))
        (stored[2].as<bool>() ? before.stored_elsewhere : before.stored_here).push_back(row->source);
  }

  void copy_lines(const std::vector<const frame_row*>& frames) {
    copy_rows(frames, &parsed_body::requests, "request", request_columns, request_column_count,
              [&](const request_record& record, const frame_row& frame) -> const request_row& {
                return mapper_.map(record, frame.drain_id, frame.app);
              });
    copy_rows(frames, &parsed_body::lines, "log_line", log_columns, log_column_count,
              [&](const log_record& record, const frame_row& frame) -> const log_row& {
                return mapper_.map(record, frame.drain_id);
              });
    copy_rows(frames, &parsed_body::samples, "sample", sample_columns, sample_column_count,
              [&](const sample_record& record, const frame_row& frame) -> const sample_row& {
                return mapper_.map(record, frame.drain_id);
              });
  }

  // One COPY for all frames; none if they hold nothing for this table.
  template <class Record, class Map>
  void copy_rows(const std::vector<const frame_row*>& frames, std::vector<Record> parsed_body::*records,
                 std::string_view table, std::string_view columns, std::size_t column_count, Map map) {
    std::optional<postgres_copy> copy;
    for (const frame_row* frame : frames)
      for (const Record& record : frame->source->records.*records) {
        if (!copy)
          copy.emplace(session_->handle(), table, columns, column_count);
        copy->begin_row();
        visit(map(record, *frame), *copy);
      }
    if (copy)
      copy->finish();
  }

  std::optional<cached_rollup> read_rollup(postgres_transaction& transaction, const rollup_key& key) {
    const pqxx::result found =
        transaction.exec_params("SELECT data, revision FROM rollup "
                                "WHERE minute = $1::timestamptz AND app = $2 AND node = $3",
                                timestamptz_text(key.at), key.app, node_);
    if (found.empty())
      return std::nullopt;
    auto data = rollup::decode(bytes_of(found[0][0]));
    if (!data)
      throw unusable(fmt::format("the rollup of {} in its minute cannot be read", key.app));
    return cached_rollup{std::move(*data), found[0][1].as<std::int64_t>()};
  }

  // Retention may have folded the row that the cache holds: then it is not made again.
  std::int64_t save_rollup(postgres_transaction& transaction, const rollup_key& key, std::string_view data,
                           std::int64_t expected_revision) {
    const std::int64_t revision = next_revision(expected_revision, system_time());
    const pqxx::result saved = transaction.exec_params(
        expected_revision > 0 ? "UPDATE rollup SET data = $4, revision = $5::bigint "
                                "WHERE minute = $1::timestamptz AND app = $2 AND node = $3 "
                                "AND revision = $5::bigint - 1"
                              : "INSERT INTO rollup (minute, app, node, data, revision) "
                                "VALUES ($1::timestamptz, $2, $3, $4, $5) "
                                "ON CONFLICT (minute, app, node) DO NOTHING",
        timestamptz_text(key.at), key.app, node_, binary(data), revision);
    if (saved.affected_rows() == 0)
      throw stale_rollup{};
    return revision;
  }

  const postgres_options options_;
  const std::string node_;
  std::string place_; // for messages; empty if the URL is malformed
  std::unique_ptr<postgres_session> session_;
  postgres_partitions partitions_;
  rollup_cache rollups_;
  drain_cache drains_;
  row_mapper mapper_;
  bool is_opening_ = false;
};

} // namespace

std::unique_ptr<store> make_postgres_store(postgres_options options) {
  return std::make_unique<postgres_store>(std::move(options));
}

} // namespace parseflow::db
