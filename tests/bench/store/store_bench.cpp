// Measures how fast each store takes lines, in transactions of 50 frames of 200 lines, as the DB writer
// hands them over: 80 % are router lines, 5 % have the seven memory numbers of a dyno. Usage: store_bench
// [SECONDS [sqlite|postgresql|mapping]]
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "db/postgres/store.hpp"
#include "db/row_mapping.hpp"
#include "db/sqlite/store.hpp"
#include "messages/logplex/parse.hpp"
#include "messages/rollup/builder.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temp_dir.hpp"

using namespace parseflow;
using namespace std::chrono;

namespace {

constexpr int frames_per_write = 50;
constexpr int lines_per_frame = 200;

std::string line(std::uint64_t number, microseconds at) {
  const std::string time =
      fmt::format("2026-03-02T{:02}:{:02}:{:02}.{:06}+00:00", duration_cast<hours>(at).count() % 24,
                  duration_cast<minutes>(at).count() % 60, duration_cast<seconds>(at).count() % 60,
                  at.count() % 1'000'000);
  if (number % 20 == 0)
    return fmt::format(
        "<45>1 {} host heroku web.{} - source=web.{} dyno=heroku.190283746.0c7f1e52-9d3b-4a86-b1e4-{:012x} "
        "sample#memory_total={}.44MB sample#memory_rss=301.12MB sample#memory_cache=17.32MB "
        "sample#memory_swap=0.00MB sample#memory_pgpgin=151220pages sample#memory_pgpgout=69681pages "
        "sample#memory_quota=512.00MB\n",
        time, number % 4 + 1, number % 4 + 1, number % 4, number % 500);
  if (number % 5 == 0)
    return fmt::format(
        "<190>1 {} host app web.{} - Processed order {} for customer {} in {}ms, 3 items, total 129.90 EUR\n",
        time, number % 4 + 1, number, number * 7 % 9973, number % 300);
  return fmt::format(
      "<158>1 {} host heroku router - at=info method=GET path=\"/items/{}?page={}\" host=shop.example.com "
      "request_id=5b0e7a4c-0c1f-4d2e-9a77-{:012x} fwd=\"203.0.113.{}\" dyno=web.{} connect={}ms "
      "service={}ms status={} bytes={} protocol=http{}\n",
      time, number % 5000, number % 9, number, number % 256, number % 4 + 1, number % 3, number * 31 % 400,
      number % 50 == 0 ? 500 : 200, number * 13 % 9000,
      number % 2 == 0 ? "s" : "2.0 tls=true tls_version=tls1.3");
}

batch_ptr make_batch(std::uint64_t sequence) {
  auto origin = std::make_shared<frame>();
  origin->key = {"d.7a1c8a5e-3f6b-4b8c-9d3e-5b1f0c2d4e6f",
                 fmt::format("{:032X}", sequence * 0x9E3779B97F4A7C15)};
  origin->app = "shop";
  origin->received_at = sys_days{year{2026} / 3 / 2} + milliseconds(sequence);
  for (int i = 0; i < lines_per_frame; ++i) {
    const std::string text =
        line(sequence * lines_per_frame + static_cast<std::uint64_t>(i), milliseconds(sequence));
    origin->body += fmt::format("{} {}", text.size(), text);
  }
  auto made = std::make_shared<batch>();
  made->records = logplex::parse(origin->body, {.received_at = origin->received_at});
  made->partial =
      rollup::builder(rollup::limits{}).build(made->records, origin->body.size(), origin->received_at);
  made->origin = std::move(origin);
  return made;
}

double cpu_seconds(__rusage_who who) {
  rusage used{};
  getrusage(who, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

// Calls `write` with new batches until it has used up `limit`; the time to make the batches does not count.
// Returns the number of lines.
double measure(const char* name, seconds limit,
               const std::function<void(const std::vector<batch_ptr>&)>& write) {
  std::uint64_t sequence = 0;
  double lines = 0, cpu = 0;
  steady_clock::duration taken{}, longest{};
  while (taken < limit) {
    std::vector<batch_ptr> batches;
    for (int i = 0; i < frames_per_write; ++i)
      batches.push_back(make_batch(sequence++));
    const auto start = steady_clock::now();
    const double cpu_start = cpu_seconds(RUSAGE_SELF);
    write(batches);
    cpu += cpu_seconds(RUSAGE_SELF) - cpu_start;
    longest = std::max(longest, steady_clock::now() - start);
    taken += steady_clock::now() - start;
    lines += frames_per_write * lines_per_frame;
  }
  fmt::print("{:<12} {:>9.0f} lines/s   {:>5.0f} ns CPU of this process per line   longest write {} ms\n",
             name, lines / duration<double>(taken).count(), cpu * 1e9 / lines,
             duration_cast<milliseconds>(longest).count());
  return lines;
}

double measure_store(const char* name, seconds limit, db::store& store) {
  const auto check = [](const db::result& result) {
    if (result.code != db::outcome::done) {
      fmt::print(stderr, "{}\n", result.message);
      std::exit(1);
    }
  };
  check(store.open());
  return measure(name, limit, [&](const std::vector<batch_ptr>& batches) { check(store.write(batches)); });
}

// Reads every column and keeps nothing.
struct column_sink {
  std::uint64_t bytes = 0;
  void time(timestamp) { bytes += 8; }
  void number16(std::int64_t) { bytes += 2; }
  void number32(std::int32_t) { bytes += 4; }
  void number64(std::int64_t) { bytes += 8; }
  void real(double) { bytes += 8; }
  void text(std::string_view value) { bytes += value.size(); }
  void text_not_null(std::string_view value) { bytes += value.size(); }
  void json(std::string_view value) { bytes += value.size(); }
  void blob(std::string_view value) { bytes += value.size(); }
};

void measure_mapping(seconds limit) {
  db::row_mapper mapper;
  column_sink sink;
  measure("mapping", limit, [&](const std::vector<batch_ptr>& batches) {
    for (const batch_ptr& batch : batches) {
      for (const auto& request : batch->records.requests)
        visit(mapper.map(request, 1, "shop"), sink);
      for (const auto& log : batch->records.lines)
        visit(mapper.map(log, 1), sink);
      for (const auto& sample : batch->records.samples)
        visit(mapper.map(sample, 1), sink);
    }
  });
  if (sink.bytes == 0)
    std::abort();
}

} // namespace

int main(int argc, char** argv) {
  const seconds limit(argc > 1 ? std::atoi(argv[1]) : 10);
  const std::string only = argc > 2 ? argv[2] : "";
  if (only.empty() || only == "mapping")
    measure_mapping(std::min(limit, seconds(2)));
  if (only.empty() || only == "sqlite") {
    const temp_dir folder;
    const auto store = db::make_sqlite_store({folder / "bench.db"});
    measure_store("sqlite", limit, *store);
  }
  if (only.empty() || only == "postgresql") {
    postgres_server server(postgres_server::disk::synced);
    const auto store = db::make_postgres_store({server.url(), "main", {}});
    const double before = cpu_seconds(RUSAGE_CHILDREN);
    const double lines = measure_store("postgresql", limit, *store);
    server.stop();
    fmt::print("{:<12} {:>37.0f} ns CPU of the server per line\n", "",
               (cpu_seconds(RUSAGE_CHILDREN) - before) * 1e9 / lines);
  }
}
