// Measures the cost of a line from the socket to the database: real-sized batches against a separate server
// process, with more of the pipeline each time. `drain_bench --help` lists the options.
#include <algorithm>
#include <chrono>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/bench/arguments.hpp"
#include "tests/bench/bench_server.hpp"
#include "tests/bench/drain_load.hpp"
#include "tests/bench/process_use.hpp"
#include "tests/bench/running_server.hpp"
#include "tests/traffic/truth.hpp"

namespace {

using namespace parseflow;
using namespace std::chrono_literals;

constexpr const char* usage = R"(drain_bench: lines per second, CPU time per line, answer times and memory

lines/s are acknowledged ones; stored/s counts until the last of them is in the database, as do CPU time and
disk/in: bytes of the pages that the server gave the disk to write (/proc/PID/io, write_bytes), for each byte
of a request. Without database and with PostgreSQL that is the journal alone; SQLite writes its file as well.

  --connections=N   drains that post at the same time (default 8); N,N,…: one measurement for each
  --lines=N         lines per request (default 200)
  --rate=N          lines per second of all together; 0: as fast as the answers come (default 0)
  --seconds=N       per server (default 5)
  --only=NAME       http, memory, sqlite or postgresql
  --SECTION.NAME=V  a setting of the servers, for example --storage.batch-interval=0ms
)";

struct server_kind {
  std::string name;
  std::string what;
  // Whether the server has /metrics, which must then have counted every line.
  bool counts = false;
};

const std::vector<server_kind> kinds{
    {"http", "HTTP only", false},
    {"memory", "no database", true},
    {"sqlite", "SQLite", true},
    {"postgresql", "PostgreSQL", true},
};

// False if a line was lost or doubled. All times and costs run until the last line is stored.
bool measure(const server_kind& kind, const bench::load& work, const std::vector<std::string>& settings) {
  const bench::running_server server{kind.name, settings};
  auto warm_up = work;
  warm_up.length = 500ms;
  const auto before_lines = bench::post(server.port(), warm_up).lines;
  if (kind.counts)
    server.settle(before_lines);
  const auto before = bench::use_of(server.pid());
  const auto begin = std::chrono::steady_clock::now();
  const auto result = bench::post(server.port(), work);
  const auto right = before_lines + result.lines;
  const auto counted = kind.counts ? server.settle(right) : right;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto after = bench::use_of(server.pid());
  const auto milliseconds = [&](double q) {
    return static_cast<double>(traffic::quantile(result.answer_us, q)) / 1000;
  };
  const auto lines = static_cast<double>(std::max<std::uint64_t>(result.lines, 1));
  const auto disk_share = static_cast<double>(after.disk_bytes - before.disk_bytes) /
                          static_cast<double>(std::max<std::uint64_t>(result.bytes, 1));
  fmt::print(
      "{:<12} {:>5} {:>10.0f} {:>10} {:>7.0f} {:>10.3f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.0f} {:>8.2f}\n",
      kind.what, work.connections, lines / result.took.count(),
      kind.counts ? fmt::format("{:.0f}", lines / took.count()) : "",
      static_cast<double>(result.bytes) / 1e6 / result.took.count(),
      1e6 * (after.cpu_seconds - before.cpu_seconds) / lines, milliseconds(0.5), milliseconds(0.99),
      milliseconds(1), after.peak_memory_mb, disk_share);
  std::fflush(stdout);
  if (result.failures != 0)
    fmt::print("  {} requests failed\n", result.failures);
  else if (counted != right)
    fmt::print("  {} lines were acknowledged, but {} counted\n", right, counted);
  return result.failures == 0 && counted == right;
}

// Parses a list such as "1,8,32". Throws std::invalid_argument.
std::vector<std::size_t> numbers_in(const std::string& list) {
  std::vector<std::size_t> result;
  std::istringstream words{list};
  for (std::string word; std::getline(words, word, ',');)
    result.push_back(std::stoul(word));
  return result;
}

int run(const std::map<std::string, std::string>& given) {
  bench::load work;
  std::vector<std::size_t> connections{work.connections};
  std::string only;
  std::vector<std::string> settings;
  for (const auto& [name, value] : given) {
    if (name == "--connections")
      connections = numbers_in(value);
    else if (name == "--lines")
      work.lines_per_batch = std::stoul(value);
    else if (name == "--rate")
      work.lines_per_second = std::stod(value);
    else if (name == "--seconds")
      work.length = std::chrono::duration<double>{std::stod(value)};
    else if (name == "--only")
      only = value;
    else if (bench::is_setting(name))
      settings.push_back(name + "=" + value);
    else
      throw std::invalid_argument(name);
  }
  fmt::print("{} lines per request, {}\n\n", work.lines_per_batch,
             work.lines_per_second == 0 ? "as fast as possible"
                                        : fmt::format("{:.0f} lines/s", work.lines_per_second));
  fmt::print("{:<12} {:>5} {:>10} {:>10} {:>7} {:>10} {:>9} {:>9} {:>9} {:>9} {:>8}\n", "server", "conns",
             "lines/s", "stored/s", "MB/s", "CPU us/ln", "p50 ms", "p99 ms", "max ms", "peak MB", "disk/in");
  bool is_right = true;
  for (const auto& kind : kinds)
    for (const auto count : connections)
      if (only.empty() || only == kind.name) {
        work.connections = count;
        is_right = measure(kind, work, settings) && is_right;
      }
  return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front().starts_with("--serve="))
    return parseflow::bench::serve(words.front().substr(8), {words.begin() + 1, words.end()});
  return parseflow::bench::run_benchmark(
      "drain_bench", usage, words, [](const auto& all) { return run(parseflow::bench::named_values(all)); });
}
