// A real PostgreSQL for one test program: can be stopped, killed, frozen and started again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/temp_dir.hpp"

namespace parseflow {

/// A server with a data folder of its own, on a free port of one address, open for every user there. It ends
/// with this object, and also with the thread that started it last, even if that is killed.
class postgres_server {
public:
  enum class disk {
    unsafe, ///< Nothing is synced: fast, and safe against everything but a crash of the machine.
    synced  ///< As in production.
  };
  enum class stop_mode { fast, immediate };

  /// Makes the data folder and starts the server. Throws std::runtime_error, for example when PostgreSQL is
  /// not installed.
  /// @param host The IPv4 address to listen on; clients may come from its /24.
  explicit postgres_server(disk mode = disk::unsafe, std::string host = "127.0.0.1");
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  std::uint16_t port() const { return port_; }

  /// `postgres://…` of a database of this server.
  std::string url(const std::string& database = "postgres") const;

  /// Makes an empty database with a new name; returns its URL.
  std::string create_database();

  /// Sends the server down and waits until it is.
  void stop(stop_mode mode = stop_mode::fast);

  /// Kills the server and all its sessions at once, as a crash does.
  void kill();

  /// Starts a server that is down, on the same port and data. Waits until it accepts connections.
  void start();

  /// Stops the server and its sessions from running without closing anything, until `thaw`.
  void freeze();
  void thaw();

private:
  std::vector<pid_t> processes() const;
  void signal_all(int number) const;
  bool launch();
  bool wait_for_exit(int seconds);

  std::filesystem::path binaries_;
  temp_dir folder_;
  disk mode_;
  std::string host_;
  std::uint16_t port_ = 0;
  pid_t server_ = 0; // 0: down
  int databases_ = 0;
};

} // namespace parseflow
