// Measures the cost of judging the default rules, which happens every second for every app.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "messages/alerts/evaluate.hpp"
#include "messages/alerts/parse_rules.hpp"

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

const minute now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

// A busy minute: 12 000 requests to 300 endpoints and 20 dynos, one database.
rollup::minute_rollup busy_minute() {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> service(3.7, 1);
  rollup::minute_rollup r;
  std::vector<rollup::heavy_hitters<rollup::request_stats>::entry> endpoints(300);
  for (std::size_t i = 0; i < endpoints.size(); ++i)
    endpoints[i].key = "/" + std::to_string(1000 + i);
  for (int i = 0; i < 12'000; ++i) {
    const auto ms = static_cast<std::int64_t>(service(random));
    r.service.add(ms);
    r.connect.add(static_cast<std::int64_t>(random() % 4));
    auto& endpoint = endpoints[random() % endpoints.size()].payload;
    auto& dyno = r.dynos["web." + std::to_string(random() % 20)];
    for (auto* stats : {&endpoint, &dyno}) {
      ++stats->count;
      stats->service.add(ms);
    }
  }
  r.requests = r.lines = 12'000;
  r.endpoints = {std::move(endpoints), 500};
  r.error_codes = {{"H12", 1}, {"R14", 2}};
  for (int i = 0; i < 20; ++i)
    r.platform.dynos["web." + std::to_string(i)].memory_total_mb = {3, now, 300, 400};
  for (int i = 0; i < 27; ++i)
    r.platform.addons["postgresql-1"].values["value_" + std::to_string(i)].values = {1, now, 1, 1};
  return r;
}

void judge_default_rules(benchmark::State& state) {
  const auto data = busy_minute();
  std::vector<rollup::timeline> timelines(static_cast<std::size_t>(state.range(0)));
  std::vector<std::string> names;
  std::vector<alerts::watched_app> apps;
  names.reserve(timelines.size());
  for (auto& timeline : timelines) {
    for (auto at = now - 10min; at <= now; at += 1min)
      timeline.add(at, data, now);
    names.push_back("app-" + std::to_string(names.size()));
    apps.push_back({names.back(), now, [&timeline](alerts::watched_window window) {
                      return alerts::sum_of(timeline, window, now + 30s);
                    }});
  }
  alerts::evaluator judge{alerts::parse_rules({}).value(), now - 1h};
  for (auto _ : state)
    benchmark::DoNotOptimize(judge.judge_apps(apps, now + 30s));
}
BENCHMARK(judge_default_rules)->Arg(1)->Arg(100)->Unit(benchmark::kMicrosecond);

// For comparison: the cost of a sum of everything in the window, of which rules look at a part only.
void sum_whole_window(benchmark::State& state) {
  const auto data = busy_minute();
  rollup::timeline timeline;
  for (auto at = now - 10min; at <= now; at += 1min)
    timeline.add(at, data, now);
  for (auto _ : state)
    benchmark::DoNotOptimize(timeline.between(now - 5min, now + 1min));
}
BENCHMARK(sum_whole_window)->Unit(benchmark::kMicrosecond);

} // namespace
