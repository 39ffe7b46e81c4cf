// Keeps a database busy from outside the server.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace parseflow::bench {

/// A database session that blocks all writers for most of the time, from construction to destruction: in
/// PostgreSQL by a lock on the table `frame`, in SQLite by a write transaction.
class slow_database {
public:
  /// @param database `postgres://…`, or the path of a SQLite file.
  explicit slow_database(const std::string& database);
  ~slow_database();
  slow_database(const slow_database&) = delete;
  slow_database& operator=(const slow_database&) = delete;

private:
  void block_postgres(const std::string& url);
  void block_sqlite(const std::string& path);
  /// Waits for `time`. False if this object is being destroyed.
  bool wait(std::chrono::milliseconds time);

  std::mutex mutex_;
  std::condition_variable end_;
  bool is_over_ = false; // guarded by mutex_
  std::thread blocker_;
};

} // namespace parseflow::bench
