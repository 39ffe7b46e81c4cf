// Measures live tails: how soon a line is shown after its 204, what many tails cost ingest, and that shown and
// skipped lines are all that were sent. `tail_bench --help` lists the options.
#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/bench/arguments.hpp"
#include "tests/bench/bench_server.hpp"
#include "tests/bench/drain_load.hpp"
#include "tests/bench/process_use.hpp"
#include "tests/bench/running_server.hpp"
#include "tests/bench/tail_readers.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/traffic/truth.hpp"

namespace {

using namespace parseflow;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr const char* usage = R"(tail_bench: what live tails cost, and how soon they show a line

  delay    lines at a fixed rate, and beside them one line each 20 ms that a tail waits for: from its 204 to
           its event. Two more tails show all lines, one of them to a reader who is too slow: shown + skipped
           must be the lines sent
  cost     lines at a fixed rate, without tails and with 100 in turns: 10 filters, each of one of 10 apps and
           of 10 readers. CPU time of the server for a line

  --delay-rate=N  lines per second for `delay` (default 50000)
  --rate=N        lines per second for `cost` (default 200000); 0: as fast as the answers come
  --seconds=N     of each load (default 5)
  --turns=N       of `cost` (default 3)
  --server=NAME   memory (no database), sqlite or postgresql (default sqlite)
  --only=NAME     one of the above
)";

struct options {
  double delay_rate = 50'000, rate = 200'000, seconds = 5;
  int turns = 3;
  std::string server = "sqlite", only;
};

const std::vector<std::string> many_streams{"--http.max-streams-per-reader=0"};

double ms(double us) {
  return us / 1000;
}

// Posts one line `probe=NUMBER` at a time, and notes when its 204 and its event came.
class probes {
public:
  void send(std::uint16_t port, std::chrono::duration<double> length) {
    http_connection conn{port};
    for (const auto end = steady::now() + length; steady::now() < end; std::this_thread::sleep_for(20ms)) {
      const auto number = answered_.size();
      const auto line = fmt::format("<190>1 2026-03-02T14:07:31+00:00 host app web.1 - probe={}!\n", number);
      conn.send(drain_request(fmt::format("{} {}", line.size(), line), 1,
                              fmt::format("probe-{}-{}", steady::now().time_since_epoch().count(), number),
                              "Logplex-Drain-Token: d.probe\r\n", "/logdrains?app=probe"));
      const auto answer = conn.receive();
      if (!answer || answer->status != 204)
        throw std::runtime_error("a probe was not acknowledged");
      answered_.push_back(steady::now());
    }
  }

  void take(std::string_view data, steady::time_point at) {
    const auto begin = data.find("probe=") + 6;
    const std::lock_guard guard{mutex_};
    shown_[std::stoul(std::string{data.substr(begin, data.find('!') - begin)})] = at;
  }

  std::size_t count() const { return answered_.size(); }

  // Of those that were shown; an event may come before the answer.
  std::vector<std::int64_t> delays_us() {
    const std::lock_guard guard{mutex_};
    std::vector<std::int64_t> result;
    for (const auto& [number, at] : shown_)
      result.push_back(std::max<std::int64_t>(0, (at - answered_[number]) / 1us));
    return result;
  }

private:
  std::vector<steady::time_point> answered_;
  std::mutex mutex_;
  std::map<std::size_t, steady::time_point> shown_; // guarded by mutex_
};

// Waits until nothing more comes.
void wait_until_read(const bench::tail_readers& readers) {
  auto last = readers.counts();
  for (auto quiet_since = steady::now(); steady::now() - quiet_since < 1s;
       std::this_thread::sleep_for(50ms)) {
    const auto now = readers.counts();
    if (now.shown + now.skipped != last.shown + last.skipped)
      quiet_since = steady::now();
    last = now;
  }
}

bench::load load_of(const options& given, double rate) {
  bench::load work;
  work.connections = 10;
  work.apps = 10;
  work.lines_per_second = rate;
  work.length = std::chrono::duration<double>{given.seconds};
  return work;
}

// False if a line is neither shown nor skipped.
bool measure_delay(const options& given) {
  const bench::running_server server{given.server, {}};
  probes probing;
  bench::tail_readers readers;
  const std::array names{"all lines", "all lines, read at 2 MB/s"};
  readers.add(server.port(), "?lines=0");
  readers.add(server.port(), "?lines=0", 2'000'000);
  readers.add(server.port(), "?lines=0&app=probe&q=probe", 0,
              [&](std::string_view data, steady::time_point at) { probing.take(data, at); });
  readers.start();
  std::thread prober{[&] { probing.send(server.port(), std::chrono::duration<double>{given.seconds}); }};
  const auto sent = bench::post(server.port(), load_of(given, given.delay_rate));
  prober.join();
  const auto lines = sent.lines + probing.count();
  const auto counted = server.settle(lines);
  wait_until_read(readers);
  auto delays = probing.delays_us();
  fmt::print("204 to event, {:.0f} lines/s ({})\n", static_cast<double>(sent.lines) / sent.took.count(),
             given.server);
  fmt::print("{:<28} {:>10} {:>10} {:>10} {:>10}\n", "", "probes", "p50 ms", "p99 ms", "max ms");
  fmt::print("{:<28} {:>10} {:>10.1f} {:>10.1f} {:>10.1f}\n\n", "", delays.size(),
             ms(static_cast<double>(traffic::quantile(delays, 0.5))),
             ms(static_cast<double>(traffic::quantile(delays, 0.99))),
             ms(static_cast<double>(traffic::quantile(delays, 1))));
  fmt::print("{:<28} {:>10} {:>10} {:>10} {:>10}\n", "", "sent", "shown", "skipped", "missing");
  bool is_right = sent.failures == 0 && counted == lines && delays.size() == probing.count();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto got = readers.counts_of(i);
    const auto missing =
        static_cast<std::int64_t>(lines) - static_cast<std::int64_t>(got.shown + got.skipped);
    fmt::print("{:<28} {:>10} {:>10} {:>10} {:>10}\n", names[i], lines, got.shown, got.skipped, missing);
    is_right = is_right && missing == 0;
  }
  fmt::print("\n");
  return is_right;
}

// What people look for; each of one app.
std::vector<std::string> filters() {
  std::vector<std::string> result;
  for (const auto* const query :
       {"error", "status:5xx", "timeout%20-health", "/user%20%5Cd%2B/", "service:%3E2s", "code:(H12%20H13)",
        "%22sample%23memory%22%20dyno:worker", "method:POST%20status:4xx", "severity:%3E=warning",
        "(checkout%20OR%20payment)%20-status:200"})
    result.push_back(fmt::format("?lines=0&app=bench-{}&q={}", result.size(), query));
  return result;
}

struct cost {
  double lines_per_second = 0, cpu_us = 0;
  bench::tail_counts got;
  bool is_right = false;
};

cost measure_load(const options& given, std::size_t tails) {
  const bench::running_server server{given.server, many_streams};
  bench::tail_readers readers;
  const auto wanted = filters();
  for (std::size_t i = 0; i < tails; ++i)
    readers.add(server.port(), wanted[i % wanted.size()]);
  readers.start();
  auto warm_up = load_of(given, given.rate);
  warm_up.length = 500ms;
  const auto before_lines = bench::post(server.port(), warm_up).lines;
  server.settle(before_lines);
  const auto before = bench::use_of(server.pid());
  const auto sent = bench::post(server.port(), load_of(given, given.rate));
  const auto counted = server.settle(before_lines + sent.lines);
  const auto after = bench::use_of(server.pid());
  wait_until_read(readers);
  return {static_cast<double>(sent.lines) / sent.took.count(),
          1e6 * (after.cpu_seconds - before.cpu_seconds) / static_cast<double>(sent.lines), readers.counts(),
          sent.failures == 0 && counted == before_lines + sent.lines};
}

bool measure_cost(const options& given) {
  fmt::print("100 tails ({})\n{:<8} {:>12} {:>12} {:>12} {:>12} {:>8} {:>10} {:>10}\n", given.server, "turn",
             "lines/s", "with tails", "CPU us/line", "with tails", "cost", "shown", "skipped");
  bool is_right = true;
  for (int turn = 1; turn <= given.turns; ++turn) {
    const auto without = measure_load(given, 0), with = measure_load(given, 100);
    fmt::print("{:<8} {:>12.0f} {:>12.0f} {:>12.3f} {:>12.3f} {:>7.1f}% {:>10} {:>10}\n", turn,
               without.lines_per_second, with.lines_per_second, without.cpu_us, with.cpu_us,
               100 * (with.cpu_us / without.cpu_us - 1), with.got.shown, with.got.skipped);
    std::fflush(stdout);
    is_right = is_right && without.is_right && with.is_right;
  }
  return is_right;
}

int run(const std::map<std::string, std::string>& words) {
  options given;
  for (const auto& [name, value] : words) {
    if (name == "--delay-rate")
      given.delay_rate = std::stod(value);
    else if (name == "--rate")
      given.rate = std::stod(value);
    else if (name == "--seconds")
      given.seconds = std::stod(value);
    else if (name == "--turns")
      given.turns = std::stoi(value);
    else if (name == "--server")
      given.server = value;
    else if (name == "--only" && (value == "delay" || value == "cost"))
      given.only = value;
    else
      throw std::invalid_argument(name);
  }
  bool is_right = true;
  if (given.only != "cost")
    is_right = measure_delay(given);
  if (given.only != "delay")
    is_right = measure_cost(given) && is_right;
  return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front().starts_with("--serve="))
    return bench::serve(words.front().substr(8), {words.begin() + 1, words.end()});
  return bench::run_benchmark("tail_bench", usage, words,
                              [](const auto& all) { return run(bench::named_values(all)); });
}
