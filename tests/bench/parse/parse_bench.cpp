// Measures the cost of parsing, by kind of line and for the mix. A scan for newlines is the lower limit, a
// naive parser the comparison.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include "messages/logplex/endpoint_path.hpp"
#include "messages/logplex/field_scan.hpp"
#include "messages/logplex/parse.hpp"
#include "tests/bench/parse/naive_parser.hpp"
#include "tests/bench/parse/traffic.hpp"

namespace parseflow::bench {
namespace {

// Real batches hold about 200 lines; 32 of them (1.7 MB) do not fit into the first-level cache.
constexpr std::size_t lines_per_body = 200;
constexpr std::size_t body_count = 32;
// Less than an hour from the times of the lines.
constexpr timestamp received_at =
    std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{15};

// Runs `read` over bodies of one kind and reports GB/s, lines/s and ns per line.
template <class Read>
void run(benchmark::State& state, traffic kind, Read read) {
  const auto bodies = make_bodies(kind, body_count, lines_per_body, 1);
  std::size_t i = 0, bytes = 0, lines = 0;
  for (auto _ : state) {
    const std::string& body = bodies[i++ % body_count];
    read(body);
    bytes += body.size();
    lines += lines_per_body;
  }
  const auto total = static_cast<double>(lines);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["lines/s"] = benchmark::Counter(total, benchmark::Counter::kIsRate);
  state.counters["s/line"] =
      benchmark::Counter(total, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes/line"] = static_cast<double>(bytes) / total;
}

void parse_bodies(benchmark::State& state, traffic kind) {
  run(state, kind, [](const std::string& body) {
    auto parsed = logplex::parse(body, {structured_data::absent, lines_per_body, received_at});
    if (parsed.framing.lines != lines_per_body || parsed.framing.malformed != 0)
      std::abort();
    benchmark::DoNotOptimize(parsed);
  });
}

void scan_newlines(benchmark::State& state, traffic kind) {
  run(state, kind, [](const std::string& body) {
    std::size_t lines = 0;
    const char* const end = body.data() + body.size();
    for (const char* p = body.data(); p != end; ++p, ++lines) {
      p = static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(end - p)));
      if (p == nullptr)
        break;
    }
    benchmark::DoNotOptimize(lines);
  });
}

void parse_naively(benchmark::State& state, traffic kind) {
  run(state, kind, [](const std::string& body) { benchmark::DoNotOptimize(naive_parse(body)); });
}

void normalise_paths(benchmark::State& state) {
  const std::string body = make_bodies(traffic::router, 1, lines_per_body, 1).front();
  const auto parsed = logplex::parse(body, {.received_at = received_at});
  std::string scratch;
  for (auto _ : state)
    for (const request_record& r : parsed.requests)
      benchmark::DoNotOptimize(logplex::endpoint_of(r.path, scratch));
  const auto paths = static_cast<double>(state.iterations()) * static_cast<double>(parsed.requests.size());
  state.counters["s/path"] =
      benchmark::Counter(paths, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void scan_router_texts(benchmark::State& state, logplex::field_scan scan, bool is_supported) {
  if (!is_supported) {
    state.SkipWithError("this machine has no such instructions");
    return;
  }
  const std::string body = make_bodies(traffic::router, 1, lines_per_body + 2, 1).front();
  const auto parsed = logplex::parse(body, {.received_at = received_at});
  logplex::field_ends ends;
  for (auto _ : state)
    for (std::size_t i = 0; i < lines_per_body; ++i) {
      const std::string_view text = parsed.requests[i].text;
      benchmark::DoNotOptimize(scan(text.data(), text.size(), ends));
    }
  const auto texts = static_cast<double>(state.iterations()) * lines_per_body;
  state.counters["s/text"] =
      benchmark::Counter(texts, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(parse_bodies, mix, traffic::mix);
BENCHMARK_CAPTURE(parse_bodies, router, traffic::router);
BENCHMARK_CAPTURE(parse_bodies, app, traffic::app);
BENCHMARK_CAPTURE(parse_bodies, samples, traffic::samples);
BENCHMARK_CAPTURE(scan_newlines, mix, traffic::mix);
BENCHMARK_CAPTURE(parse_naively, mix, traffic::mix);
BENCHMARK_CAPTURE(scan_router_texts, base, logplex::scan_fields_base, true);
BENCHMARK_CAPTURE(scan_router_texts, avx2, logplex::scan_fields_avx2, logplex::has_avx2());
BENCHMARK_CAPTURE(scan_router_texts, avx512, logplex::scan_fields_avx512, logplex::has_avx512());
BENCHMARK(normalise_paths);

} // namespace
} // namespace parseflow::bench

BENCHMARK_MAIN();
