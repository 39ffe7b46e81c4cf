// One connection to PostgreSQL, with limits on how long anything may take. Used by the PostgreSQL store and
// its retention.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <pqxx/pqxx>

#include "db/postgres_store.hpp"

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

/// How libpqxx gets its connection, so that we know the libpq handle that binary COPY needs. Connects once: a
/// session that silently reconnects within a call would lose its settings and its transaction.
class connect_once : public pqxx::connectionpolicy {
public:
  explicit connect_once(const std::string& url) : connectionpolicy(url) {}
  handle do_startconnect(handle existing) override;
  handle connected() const { return connected_; }

private:
  handle connected_ = nullptr;
};

/// A connection with our settings: UTC, UTF-8, time limits. Throws what libpqxx throws.
class postgres_session {
public:
  postgres_session(const std::string& url, const postgres_limits& limits);

  pqxx::connection_base& connection() { return connection_; }

  /// For binary COPY: see postgres_copy.hpp.
  pqxx::connectionpolicy::handle handle() const { return connection_.handle(); }

  /// Limits one call from here to the end of the returned guard.
  struct disarmer {
    void operator()(call_watchdog* watchdog) const { watchdog->disarm(); }
  };
  std::unique_ptr<call_watchdog, disarmer> limited();

private:
  // libpqxx keeps its policy private; this is the door that it leaves open.
  struct policy_holder {
    explicit policy_holder(const std::string& url) : policy(url) {}
    connect_once policy;
  };
  struct connection_type : policy_holder, pqxx::connection_base {
    explicit connection_type(const std::string& url) : policy_holder(url), connection_base(policy) { init(); }
    ~connection_type() { close(); }
    pqxx::connectionpolicy::handle handle() const { return policy.connected(); }
  };

  postgres_limits limits_;
  connection_type connection_;
  call_watchdog watchdog_;
};

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
