// A server process for a benchmark, with its database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/postgres_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace parseflow::bench {

/// Runs as long as this object exists. Begins with empty data.
class running_server {
public:
  /// @param kind `http` and `memory` run `serve` of bench_server.hpp, for which the calling program must
  /// offer `--serve=KIND`; `sqlite` and `postgresql` run the real program. Throws std::runtime_error if it
  /// does not start.
  running_server(const std::string& kind, std::vector<std::string> settings);

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return program_->pid(); }
  /// `postgres://…`, or the path of the SQLite file.
  const std::string& database() const { return database_name_; }

  /// The answer to `GET /metrics`. Throws std::runtime_error if there is none.
  nlohmann::json metrics() const;

  /// Waits until every acknowledged line is counted and in the database, for 15 minutes at most. Returns the
  /// number of lines counted.
  std::uint64_t settle(std::uint64_t acknowledged) const;

private:
  temp_dir folder_;
  std::string database_name_;
  std::unique_ptr<postgres_server> database_;
  std::unique_ptr<process> program_;
  std::uint16_t port_ = 0;
};

} // namespace parseflow::bench
