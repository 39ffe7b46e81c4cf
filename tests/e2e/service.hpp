// The built program as a test's child, with a data folder of its own.
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

#include "tests/support/http_connection.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/traffic/drain_client.hpp"

namespace parseflow::e2e {

/// How long anything may take that should take no time.
inline constexpr std::chrono::seconds patience{30};

/// How to start it.
struct service_options {
  /// Besides the port, `--storage.directory`, no limit on questions and lines kept for ever. The last of
  /// equal ones counts.
  std::vector<std::string> arguments;
  /// All that the program sees of an environment.
  std::map<std::string, std::string> environment;
  /// Words before the program's own: another program that becomes it, for example in another network.
  std::vector<std::string> launcher = {};
};

/// Starts the program and waits until it listens; throws std::runtime_error with what it said if it does not.
class service {
public:
  explicit service(service_options options = {});

  std::uint16_t port() const { return port_; }
  /// The address that it listens on.
  const std::string& host() const { return host_; }
  process& program() { return *program_; }
  /// The folder for everything it keeps itself.
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// Where SQLite keeps everything, unless the options say otherwise.
  std::filesystem::path database() const { return folder_ / "parseflow.db"; }

  /// SIGTERM, and the exit status. Nothing if it does not end within ten seconds (promise P8).
  std::optional<int> stop();
  /// SIGKILL, and waits for the end.
  void kill();
  /// Starts it again, on the same port and data.
  void start();
  /// Runs another command of the program to its end, on the same settings and data, and returns its exit
  /// status. Nothing if it takes too long.
  std::optional<int> run(const std::string& command);
  /// How it is started from the next time on.
  service_options& options() { return options_; }

  /// Asks for `path` over a connection that stays open from one question to the next: without room the
  /// program refuses new ones. `headers` are whole lines. Throws std::runtime_error without an answer.
  http_answer get(const std::string& path, const std::string& headers = {});

  /// `GET /metrics` in the same way, with the API key of the environment.
  nlohmann::json metrics(const std::string& query = {});

  /// Waits until the database has everything that was acknowledged, and the program counts all that earlier
  /// runs stored. False if that takes too long.
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

/// A client's way to `POST /logdrains?app=APP` of who listens there, with the token `d.APP`. Credentials may
/// be empty.
traffic::drain_target drain_at(const std::string& host, std::uint16_t port, const std::string& app,
                               const std::string& user = {}, const std::string& password = {});

/// Starts the program where it must fail. Returns its exit status and what it wrote to standard error.
struct failed_start {
  std::optional<int> status;
  std::string error;
};
failed_start start_in_vain(const service_options& options);

/// Asks again and again until `condition` holds; false if it does not within `limit`.
bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds limit = patience);

} // namespace parseflow::e2e
