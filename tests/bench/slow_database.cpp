#include "tests/bench/slow_database.hpp"

#include <cstdio>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <pqxx/pqxx>
#include <sqlite3.h>

namespace parseflow::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto blocked = 1800ms, free_time = 200ms;

} // namespace

slow_database::slow_database(const std::string& database) {
  blocker_ = std::thread{[this, database] {
    try {
      if (database.starts_with("postgres://"))
        block_postgres(database);
      else
        block_sqlite(database);
    } catch (const std::exception& problem) {
      fmt::print(stderr, "the database is not slow any more: {}\n", problem.what());
    }
  }};
}

slow_database::~slow_database() {
  {
    const std::lock_guard guard{mutex_};
    is_over_ = true;
  }
  end_.notify_all();
  blocker_.join();
}

void slow_database::block_postgres(const std::string& url) {
  pqxx::connection connection{url};
  for (bool goes_on = true; goes_on;) {
    {
      pqxx::work lock{connection};
      lock.exec("LOCK TABLE frame IN ACCESS EXCLUSIVE MODE");
      goes_on = wait(blocked);
    }
    goes_on = goes_on && wait(free_time);
  }
}

void slow_database::block_sqlite(const std::string& path) {
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database{handle, sqlite3_close};
  const auto run = [&](const char* statement) {
    if (sqlite3_exec(handle, statement, nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(handle));
  };
  if (opened != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(handle));
  sqlite3_busy_timeout(handle, 60'000);
  for (bool goes_on = true; goes_on;) {
    run("BEGIN IMMEDIATE");
    goes_on = wait(blocked);
    run("ROLLBACK");
    goes_on = goes_on && wait(free_time);
  }
}

bool slow_database::wait(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  return !end_.wait_for(lock, time, [this] { return is_over_; });
}

} // namespace parseflow::bench
