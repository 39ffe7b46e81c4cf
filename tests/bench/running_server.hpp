// A server process for a benchmark, and the database beside it.
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

/// Runs with this object, on empty data.
class running_server {
public:
  /// `kind`: `http` and `memory` are `serve` of bench_server.hpp, which the calling program must offer as
  /// `--serve=KIND`; `sqlite` and `postgresql` are the built program. Throws std::runtime_error if it does
  /// not start.
  running_server(const std::string& kind, std::vector<std::string> settings);

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return program_->pid(); }
  /// `postgres://…`, or the path of the SQLite file.
  const std::string& database() const { return database_name_; }

  /// `GET /metrics`. Throws std::runtime_error if that is not answered.
  nlohmann::json metrics() const;

  /// Waits until every acknowledged line is counted and in the database; returns the lines counted. Gives up
  /// when that takes many minutes.
  std::uint64_t settle(std::uint64_t acknowledged) const;

private:
  temp_dir folder_;
  std::string database_name_;
  std::unique_ptr<postgres_server> database_;
  std::unique_ptr<process> program_;
  std::uint16_t port_ = 0;
};

} // namespace parseflow::bench
