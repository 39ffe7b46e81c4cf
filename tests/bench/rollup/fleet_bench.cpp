// Measures the cost of a hundred apps: the memory for a day, and the time of questions about it.
#include <benchmark/benchmark.h>

#include <cmath>
#include <deque>
#include <malloc.h>
#include <memory>
#include <random>

#include "messages/rollup/app_timelines.hpp"
#include "messages/rollup/builder.hpp"
#include "messages/rollup/metric_value.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace std::chrono_literals;

namespace {

constexpr int app_count = 100, endpoint_count = 50, dyno_count = 10, series_per_kind = 5;
const minute start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h;

// Makes the bodies of one app.
class app_traffic {
public:
  explicit app_traffic(int number) : random_(static_cast<std::uint64_t>(number)) {
    for (int i = 0; i < endpoint_count; ++i)
      endpoints_.push_back("/app-" + std::to_string(number) + "/section-" + std::to_string(i) + "/items");
    for (int i = 1; i <= dyno_count; ++i)
      dynos_.push_back("web." + std::to_string(i));
    for (int i = 0; i < 2000; ++i)
      clients_.push_back("203.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
    for (int i = 0; i < series_per_kind; ++i)
      series_.push_back("checkout.step-" + std::to_string(i));
  }

  // A body with `requests` requests spread over the minute `at`; with `gauges` also metrics of dynos, a
  // database and the app.
  parsed_body body(int requests, minute at, bool gauges) {
    parsed_body result;
    for (int i = 0; i < requests; ++i) {
      request_record r;
      r.at = at + std::chrono::milliseconds(random_() % 60'000);
      r.method = random_() % 5 == 0 ? "POST" : "GET";
      // The cube gives most of the requests to the first endpoints.
      const double u = std::uniform_real_distribution<double>(0, 1)(random_);
      r.path = endpoints_[static_cast<std::size_t>(endpoint_count * u * u * u)];
      r.dyno = dynos_[random_() % dynos_.size()];
      r.fwd = clients_[random_() % clients_.size()];
      r.text = "router";
      r.connect_ms = static_cast<std::int64_t>(random_() % 3);
      r.service_ms = static_cast<std::int64_t>(std::lognormal_distribution<double>(3.7, 1)(random_));
      r.status = random_() % 50 == 0 ? 503 : 200;
      r.code = r.status == 503 ? "H12" : "";
      r.bytes = static_cast<std::int64_t>(random_() % 20'000);
      result.requests.push_back(r);
    }
    result.lines.push_back({.at = at, .source = "app", .proc = "web.1", .text = "text"});
    if (gauges)
      add_gauges(result, at);
    return result;
  }

private:
  void add_gauges(parsed_body& body, minute at) {
    const auto add = [&](sample_record sample) {
      sample.at = at;
      sample.value = static_cast<double>(random_() % 50'000) / 100;
      body.samples.push_back(sample);
    };
    for (const auto& dyno : dynos_)
      for (const auto* name : {"memory_total", "memory_rss", "memory_swap", "memory_quota", "load_avg_1m"})
        add({.source = dyno, .name = name, .unit = "MB", .origin = sample_origin::dyno});
    for (const auto* name : {"db_size", "active-connections", "load-avg-1m", "read-iops", "write-iops"})
      add({.source = "DATABASE", .instance = "pg-1", .name = name, .origin = sample_origin::addon});
    for (const auto& name : series_)
      for (const auto kind :
           {sample_kind::count, sample_kind::gauge, sample_kind::measure, sample_kind::unique})
        for (int i = 0; i < 20; ++i)
          add({.name = name, .unit = "ms", .member = clients_[random_() % clients_.size()], .kind = kind});
  }

  std::mt19937_64 random_;
  std::deque<std::string> endpoints_, dynos_, clients_, series_;
};

struct fleet {
  app_timelines apps;
  std::vector<app_traffic> traffic;
  std::vector<std::vector<minute_rollup>> minutes; // per app, to draw from
  minute now = start;
  double bytes = 0;

  // The history's work at each of its ticks within a minute.
  void tick() {
    apps.age(now);
    for (const std::chrono::minutes length : {24h, 1h})
      apps.prepare(length, 4);
  }

  void pass_minute() {
    for (int second = 0; second < 60; ++second)
      tick();
    const auto i = static_cast<std::size_t>((now - start).count());
    for (std::size_t app = 0; app < app_count; ++app)
      apps.add("app-" + std::to_string(app), now, minutes[app][(i * 7 + app) % 8], now);
    now += 1min;
  }
};

// A day of a hundred apps with ten requests per second each. Each minute is drawn from eight per app.
fleet& day_of_fleet() {
  static const auto day = [] {
    auto result = std::make_unique<fleet>();
    builder b(limits{});
    for (int app = 0; app < app_count; ++app) {
      auto& traffic = result->traffic.emplace_back(app);
      auto& pool = result->minutes.emplace_back();
      for (int i = 0; i < 8; ++i)
        pool.push_back(b.build(traffic.body(600, start, true), 150'000, start).front().data);
    }
    const auto before = mallinfo2().uordblks;
    for (int i = 0; i < 24 * 60; ++i)
      result->pass_minute();
    result->apps.age(result->now - 1min);
    result->bytes = static_cast<double>(mallinfo2().uordblks - before);
    return result;
  }();
  return *day;
}

void report_memory(benchmark::State& state) {
  state.counters["MB"] = day_of_fleet().bytes / 1e6;
  state.counters["KB_per_app"] = day_of_fleet().bytes / 1e3 / app_count;
}

// Every question after the first within ten minutes.
void fleet_answer(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  const std::string app = state.range(1) == 0 ? "" : "app-7";
  const auto ask = [&] {
    return fleet.apps.between(app, fleet.now - std::chrono::minutes(state.range(0)), fleet.now);
  };
  benchmark::DoNotOptimize(ask());
  for (auto _ : state)
    benchmark::DoNotOptimize(ask());
  report_memory(state);
}
BENCHMARK(fleet_answer)
    ->ArgNames({"minutes", "one_app"})
    ->ArgsProduct({{1, 5, 60, 24 * 60}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

// The first question of a minute about a day of all apps, for two hours of minutes.
void fleet_first_of_minute(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  double longest_ms = 0;
  for (auto _ : state) {
    state.PauseTiming();
    fleet.pass_minute();
    fleet.tick();
    state.ResumeTiming();
    const auto asked = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(fleet.apps.between({}, fleet.now - 24h, fleet.now + 1min));
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - asked;
    longest_ms = std::max(longest_ms, took.count());
  }
  state.counters["longest_ms"] = longest_ms;
}
BENCHMARK(fleet_first_of_minute)->Iterations(120)->Unit(benchmark::kMillisecond);

// The history's work at the first tick after a minute has ended.
void fleet_minute(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  for (auto _ : state) {
    state.PauseTiming();
    fleet.pass_minute();
    state.ResumeTiming();
    fleet.tick();
  }
}
BENCHMARK(fleet_minute)->Iterations(30)->Unit(benchmark::kMillisecond);

// The first question about a window.
void fleet_first_answer(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  const std::string app = state.range(0) == 0 ? "" : "app-7";
  int window = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(
        fleet.apps.between(app, fleet.now - 23h + std::chrono::minutes(10 * (++window % 20)), fleet.now));
}
BENCHMARK(fleet_first_answer)->ArgName("one_app")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void fleet_answer_all(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  for (auto _ : state)
    benchmark::DoNotOptimize(fleet.apps.all({}));
}
BENCHMARK(fleet_answer_all)->Unit(benchmark::kMillisecond);

// The totals of every app, for Prometheus.
void fleet_totals(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  for (auto _ : state) {
    std::map<std::string, span_rollup> totals;
    for (const auto& [name, timeline] : fleet.apps.apps())
      totals.emplace(name, timeline.counted.all());
    benchmark::DoNotOptimize(totals);
  }
}
BENCHMARK(fleet_totals)->Unit(benchmark::kMillisecond);

// The question that the alerts ask every second.
void fleet_tick(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  for (auto _ : state)
    benchmark::DoNotOptimize(
        fleet.apps.between({}, fleet.now - 5min, fleet.now, extent::without_names).requests);
}
BENCHMARK(fleet_tick)->Unit(benchmark::kMillisecond);

// A chart of 24 h.
void fleet_series(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  for (auto _ : state)
    for (auto at = fleet.now - 24h; at < fleet.now; at += 10min)
      benchmark::DoNotOptimize(
          metric_value("p95_ms", fleet.apps.between({}, at, at + 10min, extent::without_names), 10min));
}
BENCHMARK(fleet_series)->Unit(benchmark::kMillisecond);

// The partial of a batch of 160 requests.
void fleet_add(benchmark::State& state) {
  auto& fleet = day_of_fleet();
  builder b(limits{});
  const auto at = fleet.now - 1min;
  std::vector<minute_rollup> parts;
  for (auto& traffic : fleet.traffic)
    parts.push_back(b.build(traffic.body(160, at, false), 50'000, at).front().data);
  std::size_t next = 0;
  for (auto _ : state) {
    const auto app = next++ % parts.size();
    fleet.apps.add("app-" + std::to_string(app), at, parts[app], at);
  }
}
BENCHMARK(fleet_add)->Unit(benchmark::kMicrosecond);

} // namespace
