// Measures whether one aggregator keeps up with all parsers: the cost of a batch in each of them, and the
// cost of a question in the aggregator while batches wait.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "actors/metrics_aggregator.hpp"
#include "actors/metrics_history.hpp"
#include "messages/logplex/parse.hpp"
#include "messages/rollup/builder.hpp"
#include "tests/bench/parse/traffic.hpp"
#include "tests/support/still_system.hpp"

using namespace parseflow;
using namespace parseflow::actors;

namespace {

constexpr std::size_t lines_per_batch = 200, batch_count = 32, app_count = 100;
// The batches of all apps in one second.
constexpr std::size_t batches_between_questions = 1000;

std::vector<frame_ptr> make_frames() {
  const auto bodies = bench::make_bodies(bench::traffic::mix, batch_count, lines_per_batch, 1);
  std::vector<frame_ptr> frames;
  for (std::size_t i = 0; i < app_count; ++i) {
    auto next = std::make_shared<frame>();
    next->app = "app-" + std::to_string(i);
    next->body = bodies[i % batch_count];
    next->received_at = system_time();
    frames.push_back(std::move(next));
  }
  return frames;
}

batch_ptr parsed(const frame_ptr& content, rollup::builder& counting) {
  auto result = std::make_shared<batch>();
  result->origin = content;
  result->records =
      logplex::parse(content->body, {content->mode, content->announced_lines, content->received_at});
  result->partial = counting.build(result->records, content->body.size(), content->received_at);
  return result;
}

void report_batches(benchmark::State& state) {
  state.counters["batches/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

// The parser's part, on one core.
void batch_parse(benchmark::State& state) {
  const auto frames = make_frames();
  rollup::builder counting{rollup::limits{}};
  std::size_t next = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(parsed(frames[next++ % app_count], counting));
  report_batches(state);
}
BENCHMARK(batch_parse)->Unit(benchmark::kMicrosecond);

// Aggregator and history, run by hand, so that each can be timed alone.
struct boxes : test::still_system {
  metrics_history_actor history = system.spawn<boxed<metrics_history>>();
  metrics_aggregator_actor aggregator = system.spawn<boxed<metrics_aggregator>>(history);
  std::vector<batch_ptr> batches;

  boxes() {
    rollup::builder counting{rollup::limits{}};
    for (const auto& content : make_frames())
      batches.push_back(parsed(content, counting));
    run();
  }
  ~boxes() { stop(aggregator, history); }

  void send_batches(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      caf::anon_send(aggregator, batch_group{{batches[i % batches.size()]}});
  }
};

// The aggregator's part, with its messages. The history empties the aggregator now and then.
void batch_merge(benchmark::State& state) {
  boxes all;
  for (std::size_t i = 0; state.KeepRunningBatch(batches_between_questions); ++i) {
    all.send_batches(batches_between_questions);
    all.scheduler.run();
    state.PauseTiming();
    caf::anon_send(all.aggregator, totals_query{});
    all.scheduler.run();
    state.ResumeTiming();
  }
  report_batches(state);
}
BENCHMARK(batch_merge)->Unit(benchmark::kMicrosecond);

// A question in the aggregator, which only hands over its counts, whatever the question is.
void question_in_aggregator(benchmark::State& state) {
  boxes all;
  for (auto _ : state) {
    state.PauseTiming();
    all.send_batches(batches_between_questions);
    all.scheduler.run();
    caf::anon_send(all.aggregator, metrics_query{"", window::one_day, system_time()});
    state.ResumeTiming();
    all.scheduler.try_run_once(); // the aggregator
    state.PauseTiming();
    all.scheduler.run(); // the history
    state.ResumeTiming();
  }
}
BENCHMARK(question_in_aggregator)->Iterations(50)->Unit(benchmark::kMicrosecond);

// The history's part of a handover: the counts of a hundred apps in one second.
void fresh_counts_in_history(benchmark::State& state) {
  boxes all;
  for (auto _ : state) {
    state.PauseTiming();
    all.send_batches(batches_between_questions);
    all.scheduler.run();
    caf::anon_send(all.aggregator, watch_query{});
    all.scheduler.try_run_once(); // the aggregator
    state.ResumeTiming();
    all.scheduler.run(); // the history
  }
}
BENCHMARK(fresh_counts_in_history)->Iterations(50)->Unit(benchmark::kMillisecond);

} // namespace
