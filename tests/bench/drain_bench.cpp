// What a line costs from the socket to the database: real-sized batches against a server process of its own,
// for more and more of the pipeline. `drain_bench --help` tells the options.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "deploy/demo/truth.hpp"
#include "tests/bench/bench_server.hpp"
#include "tests/bench/drain_load.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace parseflow;
using namespace std::chrono_literals;

constexpr const char* usage = R"(drain_bench: lines per second, CPU time per line, answer times and memory

lines/s are acknowledged ones; stored/s counts until the last of them is in the database, as CPU time does.

  --connections=N   drains that post at the same time (default 8)
  --lines=N         lines per request (default 200)
  --rate=N          lines per second of all together; 0: as fast as the answers come (default 0)
  --seconds=N       per server (default 5)
  --only=NAME       http, memory, sqlite or postgresql
  --SECTION.NAME=V  a setting of the servers, for example --storage.batch-interval=0ms
)";

// What the kernel says of a process.
struct process_use {
  double cpu_seconds = 0;
  double peak_memory_mb = 0;
};

process_use use_of(pid_t pid) {
  process_use result;
  std::ifstream stat{fmt::format("/proc/{}/stat", pid)};
  std::string text{std::istreambuf_iterator<char>(stat), {}};
  // Behind "(name)": state is field 3, user and system time are 14 and 15.
  std::istringstream fields{text.substr(text.rfind(')') + 1)};
  std::string field;
  for (int number = 3; fields >> field; ++number)
    if (number == 14 || number == 15)
      result.cpu_seconds += std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
  std::ifstream status{fmt::format("/proc/{}/status", pid)};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:"))
      result.peak_memory_mb = std::stod(line.substr(6)) / 1024;
  return result;
}

struct server_kind {
  std::string name;
  std::string what;
  // Has /metrics, which must have counted every line.
  bool counts = false;
};

const std::vector<server_kind> kinds{
    {"http", "HTTP only", false},
    {"memory", "no database", true},
    {"sqlite", "SQLite", true},
    {"postgresql", "PostgreSQL", true},
};

// The server of `kind`, and what it needs beside it.
class running_server {
public:
  running_server(const std::string& kind, std::vector<std::string> settings) {
    settings.insert(settings.end(), {"--http.port=0", "--http.requests-per-minute=0",
                                     "--storage.directory=" + folder_.path().string()});
    if (kind == "http" || kind == "memory") {
      settings.insert(settings.begin(), "--serve=" + kind);
      program_ = std::make_unique<process>("/proc/self/exe", settings);
    } else {
      std::map<std::string, std::string> environment;
      if (kind == "postgresql") {
        database_ = std::make_unique<postgres_server>(postgres_server::disk::synced);
        environment["DATABASE_URL"] = database_->create_database();
      }
      program_ = std::make_unique<process>(PARSEFLOW_BINARY, settings, environment);
    }
    const std::string sign = "listening on http://127.0.0.1:";
    if (!program_->wait_for_error_text(sign, 30s))
      throw std::runtime_error(program_->standard_error());
    const auto log = program_->standard_error();
    port_ = static_cast<std::uint16_t>(std::stoul(log.substr(log.find(sign) + sign.size())));
  }

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return program_->pid(); }

  // Waits until every acknowledged line is counted and in the database; returns the lines counted. Gives up
  // when that takes minutes.
  std::uint64_t settle(std::uint64_t acknowledged) const {
    const auto deadline = std::chrono::steady_clock::now() + 5min;
    for (;;) {
      const auto metrics = nlohmann::json::parse(http_request(port_, "GET", "/metrics").body);
      const std::uint64_t counted = metrics.at("ingest").at("lines");
      if ((counted >= acknowledged && metrics.at("channel_health").at("backlog_size") == 0) ||
          std::chrono::steady_clock::now() > deadline)
        return counted;
      std::this_thread::sleep_for(10ms);
    }
  }

private:
  temp_dir folder_;
  std::unique_ptr<postgres_server> database_;
  std::unique_ptr<process> program_;
  std::uint16_t port_ = 0;
};

// False if a line was lost or doubled. All times and costs are until the last line is stored.
bool measure(const server_kind& kind, const bench::load& work, const std::vector<std::string>& settings) {
  const running_server server{kind.name, settings};
  auto warm_up = work;
  warm_up.length = 500ms;
  const auto before_lines = bench::post(server.port(), warm_up).lines;
  if (kind.counts)
    server.settle(before_lines);
  const auto before = use_of(server.pid());
  const auto begin = std::chrono::steady_clock::now();
  const auto result = bench::post(server.port(), work);
  const auto right = before_lines + result.lines;
  const auto counted = kind.counts ? server.settle(right) : right;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto after = use_of(server.pid());
  const auto milliseconds = [&](double q) {
    return static_cast<double>(traffic::quantile(result.answer_us, q)) / 1000;
  };
  const auto lines = static_cast<double>(std::max<std::uint64_t>(result.lines, 1));
  fmt::print("{:<12} {:>10.0f} {:>10} {:>7.0f} {:>10.3f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.0f}\n", kind.what,
             lines / result.took.count(), kind.counts ? fmt::format("{:.0f}", lines / took.count()) : "",
             static_cast<double>(result.bytes) / 1e6 / result.took.count(),
             1e6 * (after.cpu_seconds - before.cpu_seconds) / lines, milliseconds(0.5), milliseconds(0.99),
             milliseconds(1), after.peak_memory_mb);
  std::fflush(stdout);
  if (result.failures != 0)
    fmt::print("  {} requests failed\n", result.failures);
  else if (counted != right)
    fmt::print("  {} lines were acknowledged, but {} counted\n", right, counted);
  return result.failures == 0 && counted == right;
}

int run(const std::map<std::string, std::string>& given) {
  bench::load work;
  std::string only;
  std::vector<std::string> settings;
  for (const auto& [name, value] : given) {
    if (name == "--connections")
      work.connections = std::stoul(value);
    else if (name == "--lines")
      work.lines_per_batch = std::stoul(value);
    else if (name == "--rate")
      work.lines_per_second = std::stod(value);
    else if (name == "--seconds")
      work.length = std::chrono::duration<double>{std::stod(value)};
    else if (name == "--only")
      only = value;
    else if (name.find('.') != std::string::npos)
      settings.push_back(name + "=" + value);
    else
      throw std::invalid_argument(name);
  }
  fmt::print("{} connections, {} lines per request, {}\n\n", work.connections, work.lines_per_batch,
             work.lines_per_second == 0 ? "as fast as possible"
                                        : fmt::format("{:.0f} lines/s", work.lines_per_second));
  fmt::print("{:<12} {:>10} {:>10} {:>7} {:>10} {:>9} {:>9} {:>9} {:>9}\n", "server", "lines/s", "stored/s",
             "MB/s", "CPU us/ln", "p50 ms", "p99 ms", "max ms", "peak MB");
  bool is_right = true;
  for (const auto& kind : kinds)
    if (only.empty() || only == kind.name)
      is_right = measure(kind, work, settings) && is_right;
  return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front().starts_with("--serve="))
    return parseflow::bench::serve(words.front().substr(8), {words.begin() + 1, words.end()});
  std::map<std::string, std::string> given;
  for (const auto& word : words) {
    const auto equals = std::min(word.find('='), word.size());
    given[word.substr(0, equals)] = word.substr(std::min(equals + 1, word.size()));
  }
  if (given.contains("--help")) {
    fmt::print("{}", usage);
    return EXIT_SUCCESS;
  }
  try {
    return run(given);
  } catch (const std::invalid_argument& wrong) {
    fmt::print(stderr, "drain_bench: {} is no option or no number; see --help\n", wrong.what());
  } catch (const std::exception& problem) {
    fmt::print(stderr, "drain_bench: {}\n", problem.what());
  }
  return EXIT_FAILURE;
}
