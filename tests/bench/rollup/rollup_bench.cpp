// Measures the cost of counting: per request in the parsers, per partial in the aggregator, and per answer.
#include <benchmark/benchmark.h>

#include <cmath>
#include <deque>
#include <random>
#include <string>

#include "messages/rollup/builder.hpp"
#include "messages/rollup/rollup_form.hpp"
#include "messages/rollup/timeline.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

// A body of 200 lines: 160 requests to eight dynos and about 25 endpoints, and 40 other lines.
struct sample {
  parsed_body body;
  std::deque<std::string> texts;
};

// With `ids`, two thirds of the paths hold an id or a query, as the paths of most apps do; otherwise there
// are only 25 paths.
sample make_sample(std::mt19937_64& random, bool ids) {
  static const char* const plain[] = {"/",
                                      "/cart",
                                      "/search",
                                      "/login",
                                      "/assets/app.css",
                                      "/assets/app.js",
                                      "/health",
                                      "/checkout/address",
                                      "/checkout/payment"};
  static const char* const with_id[] = {"/products/", "/users/", "/orders/", "/api/v1/items/"};
  static const char* const after_id[] = {"", "/edit", "/reviews", "?ref=mail"};
  sample s;
  for (int i = 0; i < 160; ++i) {
    request_record r;
    r.at = start + std::chrono::milliseconds(random() % 900);
    r.method = random() % 5 == 0 ? "POST" : "GET";
    std::string path;
    if (random() % 3 == 0)
      path = plain[random() % std::size(plain)];
    else
      path = with_id[random() % 4] + std::to_string(ids ? random() % 1'000'000 : 7) + after_id[random() % 4];
    r.path = s.texts.emplace_back(path);
    r.dyno = s.texts.emplace_back("web." + std::to_string(1 + random() % 8));
    r.fwd = s.texts.emplace_back("203.0.113." + std::to_string(random() % 250));
    r.text = "router";
    r.connect_ms = static_cast<std::int64_t>(random() % 3);
    r.service_ms = static_cast<std::int64_t>(std::lognormal_distribution<double>(3.7, 1)(random));
    r.status = random() % 50 == 0 ? 503 : 200;
    r.code = r.status == 503 ? "H12" : "";
    r.bytes = static_cast<std::int64_t>(random() % 20'000);
    s.body.requests.push_back(r);
  }
  for (int i = 0; i < 40; ++i)
    s.body.lines.push_back({.at = start, .source = "app", .proc = "web.1", .text = "text"});
  return s;
}

std::vector<sample> make_samples(bool ids, std::size_t count) {
  std::mt19937_64 random(1);
  std::vector<sample> samples;
  samples.reserve(count); // the texts must not move
  while (samples.size() < count)
    samples.push_back(make_sample(random, ids));
  return samples;
}

std::vector<partial> make_partials() {
  builder b(limits{});
  std::vector<partial> partials;
  for (const auto& s : make_samples(true, 64))
    partials.push_back(b.build(s.body, 55'000, start));
  return partials;
}

// A minute of 20 000 requests.
minute_rollup busy_minute() {
  minute_rollup sum;
  for (int i = 0; i < 2; ++i)
    for (const auto& p : make_partials())
      merge(sum, p.front().data);
  return sum;
}

void run_builder(benchmark::State& state, bool ids, country_lookup countries) {
  // Only few bodies, so that they stay in the cache: a parser has just written the records that it counts.
  const auto samples = make_samples(ids, 8);
  builder b(limits{}, std::move(countries));
  std::size_t next = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(b.build(samples[next++ % samples.size()].body, 55'000, start));
  state.counters["per_request"] =
      benchmark::Counter(160, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void build_few_paths(benchmark::State& state) {
  run_builder(state, false, {});
}
void build_paths_with_ids(benchmark::State& state) {
  run_builder(state, true, {});
}
void build_with_countries(benchmark::State& state) {
  run_builder(state, true, [](std::string_view address) { return address.ends_with('7') ? "FR" : "DE"; });
}
BENCHMARK(build_few_paths);
BENCHMARK(build_paths_with_ids);
BENCHMARK(build_with_countries);

void timeline_add(benchmark::State& state) {
  const auto partials = make_partials();
  timeline t;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto& part = partials[next++ % partials.size()].front();
    t.add(part.at, part.data, part.at);
  }
}
BENCHMARK(timeline_add);

// A day of busy minutes.
void timeline_answer_all(benchmark::State& state) {
  const auto busy = busy_minute();
  timeline t;
  for (int i = 0; i < 24 * 60; ++i) {
    t.add(minute_of(start) + std::chrono::minutes(i), busy, minute_of(start) + std::chrono::minutes(i));
    t.age(minute_of(start) + std::chrono::minutes(i));
  }
  const auto end = minute_of(start) + 24h;
  for (auto _ : state)
    benchmark::DoNotOptimize(
        state.range(0) == 0 ? t.all() : t.between(end - std::chrono::minutes(state.range(0)), end));
}
BENCHMARK(timeline_answer_all)
    ->ArgName("minutes")
    ->Arg(0)
    ->Arg(5)
    ->Arg(60)
    ->Arg(24 * 60)
    ->Unit(benchmark::kMicrosecond);

void encode_partial(benchmark::State& state) {
  const auto partials = make_partials();
  std::size_t bytes = 0;
  for (auto _ : state)
    bytes = encode(partials.front().front().data).size();
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(encode_partial);

void encode_busy_minute(benchmark::State& state) {
  const auto busy = busy_minute();
  std::size_t bytes = 0;
  for (auto _ : state)
    bytes = encode(busy).size();
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(encode_busy_minute);

void decode_busy_minute(benchmark::State& state) {
  const auto bytes = encode(busy_minute());
  for (auto _ : state)
    benchmark::DoNotOptimize(decode(bytes));
}
BENCHMARK(decode_busy_minute);

} // namespace
