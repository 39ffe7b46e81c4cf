// One connection to PostgreSQL, with limits on how long anything may take.
#include "db/postgres_session.hpp"

#include <array>

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parseflow::db {

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
  deadline_.reset(); // The thread wakes at the old deadline and finds it gone.
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

connect_once::handle connect_once::do_startconnect(handle existing) {
  if (existing)
    return existing;
  if (connected_)
    throw pqxx::broken_connection("the connection was lost");
  // What the URL says itself comes later and wins.
  const std::array keys{"connect_timeout", "application_name", "dbname", static_cast<const char*>(nullptr)};
  const std::array values{"5", "parseflow", options().c_str(), static_cast<const char*>(nullptr)};
  handle connection = PQconnectdbParams(keys.data(), values.data(), 1);
  if (!connection)
    throw std::bad_alloc();
  if (PQstatus(connection) != CONNECTION_OK) {
    const std::string problem = PQerrorMessage(connection);
    PQfinish(connection);
    throw pqxx::broken_connection(problem);
  }
  connected_ = connection;
  return connection;
}

postgres_session::postgres_session(const std::string& url, const postgres_limits& limits)
    : limits_(limits), connection_(url), watchdog_(PQsocket(connection_.handle())) {
  const auto guard = limited();
  pqxx::nontransaction settings(connection_);
  settings.exec(
      fmt::format("SET TIME ZONE 'UTC'; SET client_encoding = 'UTF8'; SET client_min_messages = error; "
                  "SET statement_timeout = {}; SET lock_timeout = {}; "
                  "SET idle_in_transaction_session_timeout = {}",
                  limits.statement.count(), limits.lock.count(), limits.call.count()));
}

std::unique_ptr<call_watchdog, postgres_session::disarmer> postgres_session::limited() {
  watchdog_.arm(limits_.call);
  return std::unique_ptr<call_watchdog, disarmer>(&watchdog_);
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
  // A slash in the password ends what libpq takes for the host: the rest of it would be shown as the
  // database.
  is_valid = is_valid && port.find_first_not_of("0123456789,") == std::string::npos &&
             database.find('@') == std::string::npos;
}

} // namespace parseflow::db
