// Measures what stands before the pipeline: a few connections against the disk's sync, TLS against plain, idle
// connections, and how long an event loop is busy at a stretch. `front_bench --help` lists the options.
#include <algorithm>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "messages/file_descriptor.hpp"
#include "tests/bench/arguments.hpp"
#include "tests/bench/bench_server.hpp"
#include "tests/bench/drain_load.hpp"
#include "tests/bench/load_connection.hpp"
#include "tests/bench/process_use.hpp"
#include "tests/bench/running_server.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/self_signed.hpp"

namespace {

using namespace parseflow;
using namespace std::chrono_literals;

constexpr const char* usage = R"(front_bench: connections, TLS and the disk's sync, without a database

  sync     8 connections post one line at a time: requests/s, beside 8 / (fdatasync + 50 us)
  tls      8 connections post 200 lines at a time, with TLS and plain in turns
  idle     memory and processor time of connections that have posted once and wait, with TLS and plain
  rounds   the longest round of an event loop while bodies of all sizes arrive and 10 000 connections wait

  --seconds=N  of each load (default 3)
  --only=NAME  one of the above
)";

double seconds_of(std::chrono::duration<double> span) {
  return span.count();
}

// The time of a write of a few small records and its sync, in a file that is allocated as a segment of the
// journal is.
double sync_seconds() {
  const temp_dir folder;
  const auto path = folder / "synced";
  const file_descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  const std::string block(2048, 'x');
  constexpr int count = 1000;
  constexpr off_t segment_bytes = 64 << 20;
  posix_fallocate(file.get(), 0, segment_bytes);
  fsync(file.get());
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i)
    if (pwrite(file.get(), block.data(), block.size(), static_cast<off_t>(i * block.size())) < 0 ||
        fdatasync(file.get()) != 0)
      throw std::runtime_error("cannot sync " + path.string());
  return seconds_of(std::chrono::steady_clock::now() - begin) / count;
}

bench::load load_of(std::size_t lines, double seconds, bool is_tls = false) {
  bench::load result;
  result.lines_per_batch = lines;
  result.length = std::chrono::duration<double>{seconds};
  result.is_tls = is_tls;
  return result;
}

// Requests per second; throws if one failed.
double requests_per_second(std::uint16_t port, const bench::load& work) {
  const auto done = bench::post(port, work);
  if (done.failures != 0)
    throw std::runtime_error(fmt::format("{} requests failed", done.failures));
  return static_cast<double>(done.batches) / done.took.count();
}

void measure_sync(double seconds) {
  const bench::running_server server{"memory", {}};
  requests_per_second(server.port(), load_of(1, 0.5));
  constexpr int turns = 3;
  constexpr double own_seconds = 50e-6;
  fmt::print("{:<34} {:>12} {:>12} {:>12} {:>8}\n", "8 connections, one line each", "fdatasync us",
             "requests/s", "possible/s", "share");
  for (int i = 0; i < turns; ++i) {
    const auto before = sync_seconds();
    const auto rate = requests_per_second(server.port(), load_of(1, seconds));
    const auto sync = (before + sync_seconds()) / 2;
    const auto possible = 8 / (sync + own_seconds);
    fmt::print("{:<34} {:>12.0f} {:>12.0f} {:>12.0f} {:>7.0f}%\n", "", 1e6 * sync, rate, possible,
               100 * rate / possible);
  }
}

// The settings of a server with TLS; its metrics are read without, from the private port.
struct tls_files {
  self_signed pair;
  std::vector<std::string> settings{"--http.tls-certificate=" + pair.certificate_path,
                                    "--http.tls-key=" + pair.key_path};
};

void measure_tls(double seconds) {
  const tls_files files;
  const bench::running_server plain{"memory", {}};
  const bench::running_server secret{"memory", files.settings};
  constexpr std::size_t lines = 200;
  requests_per_second(plain.port(), load_of(lines, 0.5));
  requests_per_second(secret.port(), load_of(lines, 0.5, true));
  constexpr int turns = 3;
  fmt::print("{:<34} {:>12} {:>12} {:>8}\n", "8 connections, 200 lines each", "plain/s", "TLS lines/s",
             "share");
  for (int i = 0; i < turns; ++i) {
    const auto without = lines * requests_per_second(plain.port(), load_of(lines, seconds));
    const auto with = lines * requests_per_second(secret.port(), load_of(lines, seconds, true));
    fmt::print("{:<34} {:>12.0f} {:>12.0f} {:>7.0f}%\n", "", without, with, 100 * with / without);
  }
}

// Posts a line over it, so that the server knows it as a sender's.
void post_once(bench::load_connection& connection) {
  static std::uint64_t count = 0;
  const std::string line = "<158>1 2026-03-02T14:07:31.482915+00:00 host app web.1 - hello\n";
  if (!connection.send(drain_request(std::to_string(line.size()) + " " + line, 1,
                                     fmt::format("idle-{}-{}", getpid(), ++count))) ||
      connection.receive_status() != 204)
    throw std::runtime_error("a connection was not served");
}

// Connections from several addresses of this machine, each of which has posted once.
std::deque<bench::load_connection> open_idle(std::uint16_t port, bool is_tls, std::size_t count) {
  std::deque<bench::load_connection> result;
  constexpr std::size_t addresses = 8;
  for (std::size_t i = 0; i < count; ++i)
    post_once(result.emplace_back(port, is_tls, fmt::format("127.0.0.{}", 2 + i % addresses)));
  return result;
}

std::vector<std::string> for_many(std::vector<std::string> settings = {}) {
  settings.emplace_back("--http.max-connections=16000");
  return settings;
}

void measure_idle(const char* what, const std::vector<std::string>& settings, bool is_tls,
                  std::size_t count) {
  const bench::running_server server{"memory", for_many(settings)};
  open_idle(server.port(), is_tls, 200); // the first ones bring memory that stays
  const auto before = bench::use_of(server.pid());
  auto open = open_idle(server.port(), is_tls, count);
  const auto after = bench::use_of(server.pid());
  std::this_thread::sleep_for(1s); // until what they posted is stored
  constexpr auto span = 10s;
  const auto begin = bench::use_of(server.pid());
  std::this_thread::sleep_for(span);
  const auto end = bench::use_of(server.pid());
  for (std::size_t i = 0; i < open.size(); i += 100)
    post_once(open[i]); // they were still open
  fmt::print("{:<34} {:>12} {:>12.1f} {:>12.1f} {:>12.2f}\n", what, count, after.memory_mb,
             after.memory_mb - before.memory_mb,
             100 * (end.cpu_seconds - begin.cpu_seconds) / seconds_of(span));
}

void measure_idle() {
  fmt::print("{:<34} {:>12} {:>12} {:>12} {:>12}\n", "idle connections", "number", "process MB", "of them MB",
             "% of a core");
  measure_idle("with TLS", tls_files{}.settings, true, 10'000);
  measure_idle("plain", {}, false, 15'000);
}

double longest_round_ms(std::uint16_t port) {
  const auto answer = http_request(port, "GET", "/metrics", "Accept: text/plain\r\n");
  const std::string name = "\nparseflow_longest_round_seconds ";
  const auto at = answer.body.find(name);
  if (at == std::string::npos)
    throw std::runtime_error("GET /metrics: " + answer.head);
  return 1000 * std::stod(answer.body.substr(at + name.size()));
}

void measure_rounds(double seconds) {
  fmt::print("{:<34} {:>12}\n", "longest round of an event loop", "ms");
  const auto port = free_port();
  const tls_files files;
  const bench::running_server plain{"memory", for_many()};
  const auto idle = open_idle(plain.port(), false, 10'000);
  fmt::print("{:<34} {:>12.2f}\n", "10 000 clients have come", longest_round_ms(plain.port()));
  for (const std::size_t lines : {1, 200, 900, 4'000, 20'000}) {
    requests_per_second(plain.port(), load_of(lines, seconds));
    fmt::print("{:<34} {:>12.2f}\n", fmt::format("and bodies of {} lines", lines),
               longest_round_ms(plain.port()));
  }
  auto settings = for_many(files.settings);
  settings.push_back(fmt::format("--http.private-listen=127.0.0.1:{}", port));
  const bench::running_server secret{"memory", settings};
  const auto idle_tls = open_idle(secret.port(), true, 2'000);
  fmt::print("{:<34} {:>12.2f}\n", "2 000 clients with TLS have come", longest_round_ms(port));
  requests_per_second(secret.port(), load_of(200, seconds, true));
  fmt::print("{:<34} {:>12.2f}\n", "and bodies of 200 lines", longest_round_ms(port));
}

int run(const std::vector<std::string>& words) {
  double seconds = 3;
  std::string only;
  for (const auto& [name, value] : bench::named_values(words)) {
    if (name == "--seconds")
      seconds = std::stod(value);
    else if (name == "--only")
      only = value;
    else
      throw std::invalid_argument(name);
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const auto wants = [&](const char* name) { return only.empty() || only == name; };
  if (wants("sync"))
    measure_sync(seconds);
  if (wants("tls"))
    measure_tls(seconds);
  if (wants("idle"))
    measure_idle();
  if (wants("rounds"))
    measure_rounds(seconds);
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front().starts_with("--serve="))
    return parseflow::bench::serve(words.front().substr(8), {words.begin() + 1, words.end()});
  doctest::Context checks; // of the files of the certificate
  checks.setAsDefaultForAssertsOutOfTestCases();
  return parseflow::bench::run_benchmark("front_bench", usage, words, run);
}
