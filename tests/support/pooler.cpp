#include "tests/support/pooler.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>

#include <libpq-fe.h>
#include <unistd.h>

#include "tests/support/free_port.hpp"

namespace parseflow {

namespace {

using namespace std::chrono_literals;

const std::string binary = "/usr/sbin/pgbouncer";

} // namespace

pooler::pooler(const postgres_server& server) : port_(free_port()) {
  if (!std::filesystem::exists(binary))
    throw std::runtime_error("there is no " + binary + ": install pgbouncer");
  const auto file = folder_ / "pgbouncer.ini";
  std::ofstream(file) << "[databases]\n* = host=127.0.0.1 user=postgres port=" << server.port()
                      << "\n[pgbouncer]\nauth_type = any\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
                      << "\nunix_socket_dir =\npool_mode = transaction\ndefault_pool_size = 2\n";
  std::vector<std::string> arguments{file};
  if (getuid() == 0) // pgbouncer refuses to run as root
    arguments.insert(arguments.begin(), {"-u", "postgres"});
  program_ = std::make_unique<process>(binary, arguments);
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (PQping(url("postgres").c_str()) != PQPING_OK)
    if (program_->wait(10ms) || std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("pgbouncer does not start: " + program_->standard_error());
}

std::string pooler::url(const std::string& database) const {
  return "postgres://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

} // namespace parseflow
