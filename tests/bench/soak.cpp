// Loads the server for minutes with more than the database takes. Reports memory, journal and answers over
// that time, and whether everything is stored in the end. `soak --help` lists the options.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tests/bench/arguments.hpp"
#include "tests/bench/drain_load.hpp"
#include "tests/bench/process_use.hpp"
#include "tests/bench/running_server.hpp"
#include "tests/bench/slow_database.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/traffic/truth.hpp"

namespace {

using namespace parseflow;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr const char* usage = R"(soak: the highest rate against a slow database, and the truth at the end

Nine tenths of the time somebody else locks the database. A row says what there is at its time, lines stored to
about a thousandth; p99 and refused are of the time since the row before. Needs room on disk for the journal
(--journal.quota-bytes, 4 GiB) and for all lines in the database. The exit status is 0 if every acknowledged
line is stored and counted once.

  --seconds=N       how long drains post (default 180); until all is stored takes longer
  --database=NAME   postgresql or sqlite (default postgresql)
  --connections=N   drains that post at the same time (default 8)
  --lines=N         lines per request (default 200)
  --rate=N          lines per second of all together; 0: as fast as the answers come (default 0)
  --every=N         seconds between rows (default 5)
  --SECTION.NAME=V  a setting of the server
)";

struct plan {
  std::string database = "postgresql";
  bench::load work{.length = 180s, .is_stubborn = true};
  std::chrono::duration<double> interval{5};
  std::vector<std::string> settings;
};

constexpr double bytes_per_mb = 1e6;

// Prints the rows of the curve: the server's numbers and those of the senders.
class curve {
public:
  curve(const bench::running_server& server, bench::load_progress& progress)
      : server_(server), progress_(progress) {
    fmt::print("{:>7} {:>13} {:>13} {:>8} {:>11} {:>9} {:>9}\n", "time s", "lines acked", "lines stored",
               "RSS MB", "journal MB", "p99 ms", "refused");
  }

  void add_row() {
    const auto answers = progress_.take_answers_us();
    const auto refusals = progress_.refusals();
    const auto p99 =
        answers.empty() ? std::string{"-"}
                        : fmt::format("{:.2f}", static_cast<double>(traffic::quantile(answers, 0.99)) / 1000);
    std::string stored = "-", journal = "-"; // stays if the server is too busy to answer
    try {
      const auto metrics = server_.metrics();
      stored = fmt::format("{:.0f}", stored_lines(metrics.at("channel_health").at("backlog_size")));
      journal = fmt::format("{:.0f}", metrics.at("journal").at("disk_bytes").get<double>() / bytes_per_mb);
    } catch (const std::runtime_error&) {
    }
    const std::chrono::duration<double> time = steady::now() - begin_;
    fmt::print("{:>7.0f} {:>13} {:>13} {:>8.0f} {:>11} {:>9} {:>9}\n", time.count(), progress_.lines(),
               stored, bench::use_of(server_.pid()).memory_mb, journal, p99, refusals - refusals_);
    std::fflush(stdout);
    refusals_ = refusals;
  }

  // Adds a row in every interval until `done` is ready.
  template <class Result>
  Result watch(std::future<Result> done, std::chrono::duration<double> interval) {
    while (done.wait_for(interval) != std::future_status::ready)
      add_row();
    add_row();
    return done.get();
  }

private:
  // An estimate from the number of batches that are not stored, all of nearly the same size. The database
  // itself cannot be asked while it is locked.
  double stored_lines(double backlog) const {
    const auto batches = std::max(1.0, static_cast<double>(progress_.batches()));
    return static_cast<double>(progress_.lines()) * std::max(0.0, 1 - backlog / batches);
  }

  const bench::running_server& server_;
  bench::load_progress& progress_;
  steady::time_point begin_ = steady::now();
  std::uint64_t refusals_ = 0;
};

// Compares numbers, and prints where they differ.
class comparison {
public:
  void equal(std::string_view what, std::uint64_t right, std::uint64_t found) {
    fmt::print("{:<28} {:>13} {:>13}{}\n", what, right, found, right == found ? "" : "  WRONG");
    is_right_ = is_right_ && right == found;
  }
  bool is_right() const { return is_right_; }

private:
  bool is_right_ = true;
};

// The nearest rank among counted values.
std::int64_t quantile(const std::map<std::int64_t, std::uint64_t>& counts, double q) {
  std::uint64_t all = 0, below = 0;
  for (const auto& [value, count] : counts)
    all += count;
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(all)));
  for (const auto& [value, count] : counts)
    if ((below += count) >= rank)
      return value;
  return 0;
}

bool check(const bench::running_server& server, const bench::load_result& sent, const std::string& kind) {
  const auto rows = kind == "sqlite" ? e2e::stored::in_sqlite(server.database())
                                     : e2e::stored::in_postgres(server.database());
  const auto metrics = server.metrics();
  fmt::print("\n{:<28} {:>13} {:>13}\n", "", "sent", "found");
  comparison result;
  result.equal("frames in the database", sent.batches, rows.count("frame"));
  const auto requests = rows.count("request");
  result.equal("requests in the database", sent.requests, requests);
  result.equal("lines in the database", sent.lines, requests + rows.count("log_line"));
  result.equal("lines in /metrics", sent.lines, metrics.at("ingest").at("lines"));
  result.equal("requests in /metrics", sent.requests, metrics.at("total_requests"));
  for (const auto& [name, q] :
       {std::pair{"p50_response_time", 0.5}, {"p95_response_time", 0.95}, {"p99_response_time", 0.99}}) {
    const auto right_ms = quantile(sent.service_ms, q);
    const auto found_ns = metrics.at(name).get<std::uint64_t>();
    const auto right_ns = static_cast<std::uint64_t>(right_ms) * 1'000'000;
    // The service's value is exact below two seconds, and within a percent above.
    const auto distance = std::max(found_ns, right_ns) - std::min(found_ns, right_ns);
    const bool is_near = right_ms >= 2000 && distance <= right_ns / 100;
    result.equal(fmt::format("{} in /metrics", name), right_ns, is_near ? right_ns : found_ns);
  }
  if (sent.failures != 0)
    fmt::print("{} batches got no answer: whether they are stored is not known\n", sent.failures);
  return result.is_right() && sent.failures == 0;
}

plan plan_from(const std::map<std::string, std::string>& given) {
  plan result;
  for (const auto& [name, value] : given) {
    if (name == "--seconds")
      result.work.length = std::chrono::duration<double>{std::stod(value)};
    else if (name == "--database" && (value == "postgresql" || value == "sqlite"))
      result.database = value;
    else if (name == "--connections")
      result.work.connections = std::stoul(value);
    else if (name == "--lines")
      result.work.lines_per_batch = std::stoul(value);
    else if (name == "--rate")
      result.work.lines_per_second = std::stod(value);
    else if (name == "--every")
      result.interval = std::chrono::duration<double>{std::stod(value)};
    else if (bench::is_setting(name))
      result.settings.push_back(name + "=" + value);
    else
      throw std::invalid_argument(name);
  }
  return result;
}

int run(plan chosen) {
  const bench::running_server server{chosen.database, chosen.settings};
  bench::load_progress progress;
  chosen.work.progress = &progress;
  curve rows{server, progress};
  std::optional<bench::slow_database> slow{server.database()};
  const auto sent =
      rows.watch(std::async(std::launch::async, [&] { return bench::post(server.port(), chosen.work); }),
                 chosen.interval);
  slow.reset();
  fmt::print("the senders are done and the database is free: waiting until all is stored\n");
  rows.watch(std::async(std::launch::async, [&] { return server.settle(sent.lines); }), chosen.interval);
  fmt::print("peak memory {:.0f} MB\n", bench::use_of(server.pid()).peak_memory_mb);
  return check(server, sent, chosen.database) ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  return parseflow::bench::run_benchmark("soak", usage, words, [](const auto& all) {
    return run(plan_from(parseflow::bench::named_values(all)));
  });
}
