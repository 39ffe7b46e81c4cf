// One connection to PostgreSQL, with limits on how long anything may take. Used by the PostgreSQL store and
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

/// Shuts a socket down when a call takes too long: libpq itself waits for an answer for ever.
class call_watchdog {
public:
  /// Watches a duplicate of `socket`, so that it may be closed meanwhile.
  explicit call_watchdog(int socket);
  ~call_watchdog();
  call_watchdog(const call_watchdog&) = delete;
  call_watchdog& operator=(const call_watchdog&) = delete;

  /// From now on the connection has `limit` to live, until `disarm`.
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

/// A connection with time limits, UTF-8 on both ends. Throws what libpqxx throws.
///
/// It keeps no state in the server's session, so that a pooler may give every transaction another one:
/// settings and locks are a transaction's, and statements have no names.
class postgres_session {
public:
  postgres_session(const std::string& url, const postgres_limits& limits);

  bool is_open() { return connection_.get().is_open(); }

  /// For binary COPY: see copy.hpp.
  pg_conn* handle() const { return handle_; }

  /// Limits one call from here to the end of the returned guard.
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
  write, ///< Its commit is on the server's disk before it is done, whatever the server's default is.
  read,  ///< It changes nothing, and all its statements see the same state.
};

/// A transaction in UTC, with the limits of its session. Rolled back if it is not committed.
class postgres_transaction {
public:
  explicit postgres_transaction(postgres_session& session, access purpose = access::write);

  /// Runs SQL; several statements, separated by semicolons, give the last one's result.
  pqxx::result exec(const std::string& sql) { return work_.exec(sql); }

  /// Runs one statement whose $1, $2, … are `parameters`.
  template <class... Parameters>
  pqxx::result exec_params(const std::string& sql, const Parameters&... parameters) {
    return db::exec_params(work_, sql, parameters...);
  }

  /// As a literal of SQL.
  std::string quote(const std::string& text) { return work_.quote(text); }

  /// Waits for a lock that is held until the end of the transaction.
  void lock(advisory_lock which);

  /// False: somebody else holds it.
  bool try_lock(advisory_lock which);

  void commit() { work_.commit(); }

private:
  pqxx::work work_;
};

/// Of an error of the server that which may be shown: what follows may quote data.
inline std::string_view first_line(std::string_view problem) {
  return problem.substr(0, problem.find('\n'));
}

/// What may be shown of a connection URL.
struct url_parts {
  explicit url_parts(const std::string& url);

  /// False if libpq cannot read the URL, or reads parts of a password as something else: then show nothing of
  /// it.
  bool is_valid = false;
  std::string host = "localhost";
  std::string port = "5432";
  std::string database;
};

} // namespace parseflow::db
