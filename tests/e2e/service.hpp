// The built program as a child process of a test, with its own data folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/traffic/drain_client.hpp"

namespace parseflow::e2e {

/// The limit for everything that should take almost no time.
inline constexpr std::chrono::seconds timeout{30};

/// How to start the program.
struct service_options {
  /// Added to the port, `--storage.directory`, no limit on the request rate, and keeping lines for ever. The
  /// last of equal ones counts.
  std::vector<std::string> arguments;
  /// The whole environment of the program.
  std::map<std::string, std::string> environment;
  /// Words before the program's own: a program that executes it, for example in another network.
  std::vector<std::string> launcher = {};
};

/// Starts the program and waits until it listens. If it does not, throws std::runtime_error with the
/// program's output.
class service {
public:
  explicit service(service_options options = {});

  std::uint16_t port() const { return port_; }
  /// The address on which it listens.
  const std::string& host() const { return host_; }
  /// Throws std::runtime_error if the last start found no program.
  process& program();
  /// What it has written to standard error; empty if the last start found no program.
  std::string log() const { return program_ ? program_->standard_error() : std::string{}; }
  /// The folder of all its data.
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// The SQLite file, unless the options name another database.
  std::filesystem::path database() const { return folder_ / "parseflow.db"; }

  /// Sends SIGTERM and returns the exit status. Nothing if the program does not end within ten seconds
  /// (promise P8).
  std::optional<int> stop();
  /// Sends SIGKILL and waits for the end.
  void kill();
  /// Starts the program again, with the same port and data.
  void start();
  /// Runs another command of the program until it ends, with the same settings and data, and returns its exit
  /// status. Nothing if it takes too long.
  std::optional<int> run(const std::string& command);
  /// The options for the next start.
  service_options& options() { return options_; }

  /// Requests `path` over a connection that stays open between requests: a program without room refuses new
  /// connections. `headers` are whole lines. Throws std::runtime_error if there is no answer.
  http_answer get(const std::string& path, const std::string& headers = {});

  /// `GET /metrics` like `get`, with the API key of the environment.
  nlohmann::json metrics(const std::string& query = {});

  /// Waits until the database has everything that was acknowledged, and the program counts everything that
  /// earlier runs stored. False if that takes too long.
  bool wait_until_stored();

  /// See `drain_at`.
  traffic::drain_target drain(const std::string& app, const std::string& user = {},
                              const std::string& password = {}) const;

private:
  std::unique_ptr<process> launch(const std::string& command) const;

  service_options options_;
  temp_dir folder_;
  std::string host_;
  std::uint16_t port_ = 0;
  std::unique_ptr<process> program_;
  std::unique_ptr<http_connection> questions_;
};

/// A client's target `POST /logdrains?app=APP` on the given host and port, with the token `d.APP`.
/// Credentials may be empty.
traffic::drain_target drain_at(const std::string& host, std::uint16_t port, const std::string& app,
                               const std::string& user = {}, const std::string& password = {});

/// Starts the program with options that must make it fail. Returns its exit status and what it wrote to
/// standard error.
struct failed_start {
  std::optional<int> status;
  std::string error;
};
failed_start start_in_vain(const service_options& options);

} // namespace parseflow::e2e
