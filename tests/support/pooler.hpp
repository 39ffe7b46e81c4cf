// A real PgBouncer for one test program.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/postgres_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace parseflow {

/// A PgBouncer in front of a server, in transaction mode: each transaction may get either of its two server
/// sessions, with the state that another client left there. Listens on a free port of 127.0.0.1; ends with
/// this object.
class pooler {
public:
  /// Waits until it accepts clients. Throws std::runtime_error, for example when pgbouncer is not installed.
  explicit pooler(const postgres_server& server);

  /// The `postgres://…` URL of a database of the server, through the pooler.
  std::string url(const std::string& database) const;

private:
  temp_dir folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<process> program_;
};

} // namespace parseflow
