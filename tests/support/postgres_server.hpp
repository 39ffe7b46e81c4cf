// A real PostgreSQL for one test program. It can be stopped, killed, frozen and started again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/temp_dir.hpp"

namespace parseflow {

/// A server with its own data folder, on a free port of one address; every user there may connect. It ends
/// with this object, and also with the thread that started it last, even if that thread is killed.
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

  /// The `postgres://…` URL of a database of this server.
  std::string url(const std::string& database = "postgres") const;

  /// Makes an empty database with a new name; returns its URL.
  std::string create_database();

  /// Shuts the server down and waits until it has ended.
  void stop(stop_mode mode = stop_mode::fast);

  /// Kills the server and all its sessions at once, as a crash does.
  void kill();

  /// Starts a stopped server on the same port and data. Waits until it accepts connections.
  void start();

  /// Suspends the server and its sessions until `thaw`. Their connections stay open.
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
