#include "tests/bench/running_server.hpp"

#include <chrono>
#include <map>
#include <stdexcept>
#include <thread>

#include "tests/support/http_connection.hpp"

namespace parseflow::bench {

using namespace std::chrono_literals;

running_server::running_server(const std::string& kind, std::vector<std::string> settings) {
  settings.insert(settings.end(), {"--http.port=0", "--http.requests-per-minute=0",
                                   "--storage.directory=" + folder_.path().string()});
  if (kind == "http" || kind == "memory") {
    settings.insert(settings.begin(), "--serve=" + kind);
    program_ = std::make_unique<process>("/proc/self/exe", settings);
  } else {
    std::map<std::string, std::string> environment;
    if (kind == "postgresql") {
      database_ = std::make_unique<postgres_server>(postgres_server::disk::synced);
      environment["DATABASE_URL"] = database_name_ = database_->create_database();
    } else {
      database_name_ = folder_ / "parseflow.db";
    }
    program_ = std::make_unique<process>(PARSEFLOW_BINARY, settings, environment);
  }
  const std::string sign = "listening on http://127.0.0.1:";
  if (!program_->wait_for_error_text(sign, 30s))
    throw std::runtime_error(program_->standard_error());
  const auto log = program_->standard_error();
  port_ = static_cast<std::uint16_t>(std::stoul(log.substr(log.find(sign) + sign.size())));
}

nlohmann::json running_server::metrics() const {
  const auto answer = http_request(port_, "GET", "/metrics");
  if (answer.status != 200)
    throw std::runtime_error("GET /metrics: " + answer.head + "\n" + answer.body);
  return nlohmann::json::parse(answer.body);
}

std::uint64_t running_server::settle(std::uint64_t acknowledged) const {
  const auto deadline = std::chrono::steady_clock::now() + 15min;
  for (;;) {
    const auto now = metrics();
    const std::uint64_t counted = now.at("ingest").at("lines");
    if ((counted >= acknowledged && now.at("channel_health").at("backlog_size") == 0) ||
        std::chrono::steady_clock::now() > deadline)
      return counted;
    std::this_thread::sleep_for(10ms);
  }
}

} // namespace parseflow::bench
