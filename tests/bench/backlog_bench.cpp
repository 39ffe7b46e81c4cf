// Measures the answers that a sender and a poller get while a great number of small frames waits for the
// database: after an outage, and after a kill. `backlog_bench --help` lists the options.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/bench/arguments.hpp"
#include "tests/bench/drain_load.hpp"
#include "tests/bench/process_use.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/traffic/truth.hpp"

namespace {

using namespace parseflow;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

constexpr const char* usage = R"(backlog_bench: answers while many frames of one line wait for the database

The frames are posted while PostgreSQL is down. Then it comes back: the first line of the table. Then the same
once more, but the server is killed too and started again: the second line. From that moment on a sender posts
at a fixed rate and a poller asks for /metrics on a new connection, 20 times a second. `stored` is the time until
the database has the backlog, `restored` until the metrics count it.

  --frames=N        (default 300000)
  --rate=N          requests per second of the sender (default 200)
  --seconds=N       how long sender and poller are watched (default 30)
  --program=PATH    another build of the server
  --SECTION.NAME=V  a setting of the server
)";

struct plan {
  std::uint64_t frames = 300'000;
  double rate = 200;
  seconds length{30};
  std::string program = PARSEFLOW_BINARY;
  std::vector<std::string> settings;
};

// The server, which can be killed and started again on the same data.
class server {
public:
  server(const plan& how, std::string database) : how_(how), database_(std::move(database)) { start(); }

  void start() {
    auto arguments = how_.settings;
    arguments.insert(arguments.end(), {"--http.port=0", "--http.requests-per-minute=0",
                                       "--storage.directory=" + folder_.path().string()});
    program_ = std::make_unique<process>(how_.program, arguments,
                                         std::map<std::string, std::string>{{"DATABASE_URL", database_}});
    const std::string sign = "listening on http://127.0.0.1:";
    if (!program_->wait_for_error_text(sign, 5min))
      throw std::runtime_error(program_->standard_error());
    const auto log = program_->standard_error();
    port_ = static_cast<std::uint16_t>(std::stoul(log.substr(log.find(sign) + sign.size())));
  }

  void kill() {
    program_->send_signal(SIGKILL);
    program_->wait(10s);
  }

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return program_->pid(); }

private:
  const plan& how_;
  std::string database_;
  temp_dir folder_;
  std::unique_ptr<process> program_;
  std::uint16_t port_ = 0;
};

// Polls /metrics until `end`.
class poller {
public:
  explicit poller(std::uint16_t port) : port_(port), thread_([this] { poll(); }) {}
  ~poller() { end(); }
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  void end() {
    is_over_ = true;
    if (thread_.joinable())
      thread_.join();
  }

  // Read these only after `end`.
  std::vector<std::int64_t> took_us;
  std::uint64_t failures = 0;

  std::atomic<std::uint64_t> backlog = UINT64_MAX; // by the last answer
  std::atomic<bool> is_restoring = true;           // by the last answer

private:
  void poll() {
    for (auto due = steady::now(); !is_over_; due = std::max(due + 50ms, steady::now())) {
      std::this_thread::sleep_until(due);
      try {
        const auto answer = http_request(port_, "GET", "/metrics");
        if (answer.status != 200)
          throw std::runtime_error(answer.head);
        const auto found = nlohmann::json::parse(answer.body);
        backlog = found.at("channel_health").at("backlog_size");
        is_restoring = found.value("restoring", false);
      } catch (const std::exception&) {
        ++failures;
      }
      took_us.push_back((steady::now() - due) / 1us);
    }
  }

  std::uint16_t port_;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

std::uint64_t pile_up(std::uint16_t port, std::uint64_t frames) {
  std::uint64_t posted = 0;
  while (posted < frames)
    posted += bench::post(port, {.connections = 16, .lines_per_batch = 1, .length = 1s}).batches;
  return posted;
}

std::string when(std::optional<seconds> moment) {
  return moment ? fmt::format("{:.1f} s", moment->count()) : "-";
}

// Measures while the backlog is worked off. `begin` is when the database came back.
void watch(const plan& how, const std::string& what, const server& box, std::uint64_t frames,
           steady::time_point begin) {
  poller metrics{box.port()};
  bench::load_result sent;
  std::atomic<bool> is_sent = false;
  std::thread sender{[&] {
    sent = bench::post(
        box.port(),
        {.connections = 4, .lines_per_batch = 1, .lines_per_second = how.rate, .length = how.length});
    is_sent = true;
  }};
  std::optional<seconds> stored, restored;
  while (!is_sent) {
    std::this_thread::sleep_for(50ms);
    if (!stored && metrics.backlog <= 2 * static_cast<std::uint64_t>(how.rate))
      stored = steady::now() - begin;
    if (!restored && !metrics.is_restoring)
      restored = steady::now() - begin;
  }
  sender.join();
  metrics.end();
  const auto peak_mb = bench::use_of(box.pid()).peak_memory_mb;
  const auto ms = [](std::vector<std::int64_t>& from, double q) {
    return static_cast<double>(traffic::quantile(from, q)) / 1000;
  };
  fmt::print("{:<8} {:>8} {:>9.1f} {:>9.1f} {:>7} {:>9.1f} {:>9.1f} {:>7} {:>8.0f} {:>9} {:>9}\n", what,
             frames, ms(sent.answer_us, 0.99), ms(sent.answer_us, 1), sent.failures,
             ms(metrics.took_us, 0.99), ms(metrics.took_us, 1), metrics.failures, peak_mb, when(stored),
             when(restored));
  std::fflush(stdout);
}

void settle(std::uint16_t port) {
  for (;; std::this_thread::sleep_for(100ms)) {
    const auto answer = http_request(port, "GET", "/metrics");
    if (answer.status == 200 &&
        nlohmann::json::parse(answer.body).at("channel_health").at("backlog_size") == 0)
      return;
  }
}

int run(const plan& how) {
  postgres_server database{postgres_server::disk::synced};
  server box{how, database.create_database()};
  fmt::print("{:<8} {:>8} {:>9} {:>9} {:>7} {:>9} {:>9} {:>7} {:>8} {:>9} {:>9}\n", "after", "frames",
             "answer", "answer", "refused", "/metrics", "/metrics", "failed", "peak MB", "stored",
             "restored");
  fmt::print("{:<8} {:>8} {:>9} {:>9} {:>7} {:>9} {:>9}\n", "", "", "p99 ms", "max ms", "", "p99 ms",
             "max ms");
  database.stop();
  auto frames = pile_up(box.port(), how.frames);
  database.start();
  watch(how, "outage", box, frames, steady::now());
  settle(box.port());
  database.stop();
  frames = pile_up(box.port(), how.frames);
  box.kill();
  database.start();
  const auto begin = steady::now();
  box.start();
  fmt::print("  listens {:.1f} s after its start\n", seconds{steady::now() - begin}.count());
  watch(how, "kill", box, frames, begin);
  return EXIT_SUCCESS;
}

plan plan_in(const std::map<std::string, std::string>& given) {
  plan how;
  for (const auto& [name, value] : given) {
    if (name == "--frames")
      how.frames = std::stoull(value);
    else if (name == "--rate")
      how.rate = std::stod(value);
    else if (name == "--seconds")
      how.length = seconds{std::stod(value)};
    else if (name == "--program")
      how.program = value;
    else if (parseflow::bench::is_setting(name))
      how.settings.push_back(name + "=" + value);
    else
      throw std::invalid_argument(name);
  }
  return how;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  return parseflow::bench::run_benchmark("backlog_bench", usage, words, [](const auto& all) {
    return run(plan_in(parseflow::bench::named_values(all)));
  });
}
