// A connection to PostgreSQL that limits how long each call may take. Used by the PostgreSQL store and
// its retention.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "db/postgres/dialect.hpp"
#include "db/postgres/locks.hpp"
#include "db/postgres/store.hpp"

namespace parseflow::db {

/// Shuts a socket down when a call takes too long: libpq itself waits for an answer without limit.
class call_watchdog {
public:
  /// Watches a duplicate of `socket`, so `socket` may be closed meanwhile.
  explicit call_watchdog(int socket);
  ~call_watchdog();
  call_watchdog(const call_watchdog&) = delete;
  call_watchdog& operator=(const call_watchdog&) = delete;

  /// Shuts the socket down after `limit`, unless `disarm` is called before.
  void arm(std::chrono::milliseconds limit);
  void disarm();

private:
  void watch(const std::stop_token& stop);

  int socket_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<std::chrono::steady_clock::time_point> deadline_; // guarded by mutex_
  std::jthread thread_;                                           // last: uses all of the above
};

/// A connection with time limits and UTF-8 on both ends. Throws what libpqxx throws.
///
/// It keeps no state in the server's session, so a pooler may give every transaction another one: settings
/// and locks belong to a transaction, and statements have no names.
class postgres_session {
public:
  postgres_session(const std::string& url, const postgres_limits& limits);

  bool is_open() { return connection_.get().is_open(); }

  /// For binary COPY: see copy.hpp.
  pg_conn* handle() const { return handle_; }

  /// Limits the time of one call, from now until the returned guard is destroyed.
  struct disarmer {
    void operator()(call_watchdog* watchdog) const { watchdog->disarm(); }
  };
  std::unique_ptr<call_watchdog, disarmer> limited();

private:
  friend class postgres_transaction;

  postgres_limits limits_;
  pg_conn* handle_;
  adopted_connection connection_; // owns `handle_`
  call_watchdog watchdog_;
};

/// What a transaction is for.
enum class access : std::uint8_t {
  write, ///< Its commit is on the server's disk before it returns, whatever the server's default is.
  read,  ///< It changes nothing, and all its statements see the same snapshot.
};

/// A transaction in UTC, with the time limits of its session. Rolled back unless it is committed.
class postgres_transaction {
public:
  explicit postgres_transaction(postgres_session& session, access purpose = access::write);

  /// Runs SQL; of several statements, separated by semicolons, it returns the last one's result.
  pqxx::result exec(const std::string& sql) { return work_.exec(sql); }

  /// Runs one statement whose $1, $2, … are `parameters`.
  template <class... Parameters>
  pqxx::result exec_params(const std::string& sql, const Parameters&... parameters) {
    return db::exec_params(work_, sql, parameters...);
  }

  /// Returns `text` as an SQL literal.
  std::string quote(const std::string& text) { return work_.quote(text); }

  /// Waits for the lock and holds it until the end of the transaction.
  void lock(advisory_lock which);

  /// False: another session holds the lock.
  bool try_lock(advisory_lock which);

  void commit() { work_.commit(); }

private:
  pqxx::work work_;
};

/// The part of a server's error that may be shown: the lines after it may quote data.
inline std::string_view first_line(std::string_view problem) {
  return problem.substr(0, problem.find('\n'));
}

/// The parts of a connection URL that may be shown.
struct url_parts {
  explicit url_parts(const std::string& url);

  /// False if libpq cannot read the URL, or takes parts of a password for something else: then nothing of the
  /// URL may be shown.
  bool is_valid = false;
  std::string host = "localhost";
  std::string port = "5432";
  std::string database;
};

} // namespace parseflow::db
