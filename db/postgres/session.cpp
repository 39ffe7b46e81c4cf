#include "db/postgres/session.hpp"

#include <algorithm>
#include <array>
#include <new>

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parseflow::db {

namespace {

// A session that has been idle within a transaction for this long belongs to a node that hangs, and
// holds locks.
constexpr std::chrono::milliseconds longest_idle{10'000};

// Throws if the connection fails. A pooler refuses parameters that it does not know at the start of a
// session, so only these few are set there.
PGconn* connect(const std::string& url) {
  // Parameters in the URL override those before it in the list, but not those after it.
  const std::array keys{"connect_timeout", "application_name", "dbname", "client_encoding",
                        static_cast<const char*>(nullptr)};
  const std::array values{"5", "parseflow", url.c_str(), "UTF8", static_cast<const char*>(nullptr)};
  PGconn* connection = PQconnectdbParams(keys.data(), values.data(), 1);
  if (!connection)
    throw std::bad_alloc();
  if (PQstatus(connection) != CONNECTION_OK) {
    const std::string problem = PQerrorMessage(connection);
    PQfinish(connection);
    throw pqxx::broken_connection(problem);
  }
  return connection;
}

} // namespace

call_watchdog::call_watchdog(int socket)
    : socket_(fcntl(socket, F_DUPFD_CLOEXEC, 0)),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

call_watchdog::~call_watchdog() {
  thread_.request_stop();
  thread_.join();
  close(socket_);
}

void call_watchdog::arm(std::chrono::milliseconds limit) {
  const std::lock_guard lock(mutex_);
  deadline_ = std::chrono::steady_clock::now() + limit;
  changed_.notify_one();
}

void call_watchdog::disarm() {
  const std::lock_guard lock(mutex_);
  deadline_.reset(); // The thread wakes at the old deadline and finds it cleared.
}

void call_watchdog::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (!deadline_) {
      changed_.wait(lock, stop, [this] { return deadline_.has_value(); });
    } else if (std::chrono::steady_clock::now() >= *deadline_) {
      shutdown(socket_, SHUT_RDWR);
      deadline_.reset();
    } else {
      const auto until = *deadline_;
      changed_.wait_until(lock, stop, until, [&] { return deadline_ && *deadline_ < until; });
    }
  }
}

postgres_session::postgres_session(const std::string& url, const postgres_limits& limits)
    : limits_(limits), handle_(connect(url)), connection_(handle_), watchdog_(PQsocket(handle_)) {}

std::unique_ptr<call_watchdog, postgres_session::disarmer> postgres_session::limited() {
  watchdog_.arm(limits_.call);
  return std::unique_ptr<call_watchdog, disarmer>(&watchdog_);
}

postgres_transaction::postgres_transaction(postgres_session& session, access purpose)
    : work_(session.connection_.get()) {
  std::string settings;
  if (purpose == access::read)
    settings = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; ";
  const postgres_limits& limits = session.limits_;
  settings +=
      fmt::format("SET LOCAL TIME ZONE 'UTC'; SET LOCAL client_min_messages = error; "
                  "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; "
                  "SET LOCAL idle_in_transaction_session_timeout = {}",
                  limits.statement.count(), limits.lock.count(), std::min(limits.call, longest_idle).count());
  if (purpose == access::write) // `remote_apply` is stricter
    settings += "; SELECT set_config('synchronous_commit', 'on', true) "
                "WHERE current_setting('synchronous_commit') <> 'remote_apply'";
  work_.exec(settings);
}

void postgres_transaction::lock(advisory_lock which) {
  exec(fmt::format("SELECT pg_advisory_xact_lock({})", static_cast<std::int64_t>(which)));
}

bool postgres_transaction::try_lock(advisory_lock which) {
  return exec(fmt::format("SELECT pg_try_advisory_xact_lock({})", static_cast<std::int64_t>(which)))[0][0]
      .as<bool>();
}

url_parts::url_parts(const std::string& url) {
  char* details = nullptr; // Quotes parts of the URL, so it is not shown.
  PQconninfoOption* options = PQconninfoParse(url.c_str(), &details);
  PQfreemem(details);
  is_valid = options != nullptr;
  for (const PQconninfoOption* option = options; option && option->keyword; ++option) {
    if (!option->val)
      continue;
    const std::string_view key = option->keyword;
    if (key == "host")
      host = option->val;
    else if (key == "port")
      port = option->val;
    else if (key == "dbname")
      database = option->val;
  }
  PQconninfoFree(options);
  // A slash in a password ends what libpq takes for the host: the rest of the password would be shown as
  // the database.
  is_valid = is_valid && port.find_first_not_of("0123456789,") == std::string::npos &&
             database.find('@') == std::string::npos;
}

} // namespace parseflow::db
