// Every named series, on a rollup whose numbers are known.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "messages/rollup/minute_rollup.hpp"

using namespace parseflow::rollup;
using namespace std::chrono_literals;

namespace {

minute_rollup sample() {
  minute_rollup r;
  r.requests = 200;
  r.errors = 30;
  r.by_status_class = {1, 2, 140, 28, 20, 9};
  r.by_method = {100, 50, 25, 15, 10};
  for (int ms = 201; ms <= 300; ++ms)
    r.service.add(ms);
  for (int i = 0; i < 20; ++i)
    r.connect.add(i);
  r.response_bytes = 5000;
  r.lines = 240;
  r.bytes = 60'000;
  r.malformed = 3;
  r.count_mismatches = 1;
  r.platform.dropped_by_sender = 317;
  r.platform.releases = 4;
  r.platform.deploys = 3;
  r.platform.custom_samples = 6;
  auto& first = r.platform.dynos["web.1"];
  first.starts = 2;
  first.crashes = 1;
  first.r14 = 5;
  first.memory_total_mb = gauge_of({}, 512);
  first.load_avg_1m = gauge_of({}, -1);
  auto& second = r.platform.dynos["worker.1"];
  second.starts = 1;
  second.r15 = 2;
  second.memory_total_mb = gauge_of({}, 600.5);
  r.platform.dynos["worker.2"].crashes = 1;
  return r;
}

} // namespace

TEST_CASE("metric value: every series has its value") {
  const std::map<std::string_view, double> expected = {{"requests", 200},
                                                       {"errors", 30},
                                                       {"requests_per_second", 2},
                                                       {"error_rate", 15},
                                                       {"success_rate", 85},
                                                       {"slow_requests", 50},
                                                       {"avg_ms", 250.5},
                                                       {"p50_ms", 250},
                                                       {"p90_ms", 290},
                                                       {"p95_ms", 295},
                                                       {"p99_ms", 299},
                                                       {"max_ms", 300},
                                                       {"connect_avg_ms", 9.5},
                                                       {"connect_p95_ms", 18},
                                                       {"status_1xx", 2},
                                                       {"status_2xx", 140},
                                                       {"status_3xx", 28},
                                                       {"status_4xx", 20},
                                                       {"status_5xx", 9},
                                                       {"status_unknown", 1},
                                                       {"get_requests", 100},
                                                       {"post_requests", 50},
                                                       {"put_requests", 25},
                                                       {"delete_requests", 15},
                                                       {"other_requests", 10},
                                                       {"response_bytes", 5000},
                                                       {"lines", 240},
                                                       {"lines_per_second", 2.4},
                                                       {"bytes", 60'000},
                                                       {"malformed", 3},
                                                       {"count_mismatches", 1},
                                                       {"dropped_by_sender", 317},
                                                       {"releases", 4},
                                                       {"deploys", 3},
                                                       {"custom_samples", 6},
                                                       {"dyno_starts", 3},
                                                       {"dyno_crashes", 2},
                                                       {"r14_lines", 5},
                                                       {"r15_lines", 2},
                                                       {"dyno_memory_max_mb", 600.5},
                                                       {"dyno_load_max_1m", -1}};
  for (const auto name : metric_names()) {
    CAPTURE(name);
    REQUIRE(expected.contains(name));
    const auto value = metric_value(name, sample(), 100s);
    REQUIRE(value);
    CHECK(*value == doctest::Approx(expected.at(name)));
  }
  CHECK(metric_names().size() == expected.size());
}

TEST_CASE("metric value: without observations quantiles, means and percentages are absent, counts are zero") {
  const std::set<std::string_view> absent = {"dyno_memory_max_mb",
                                             "dyno_load_max_1m",
                                             "error_rate",
                                             "success_rate",
                                             "avg_ms",
                                             "p50_ms",
                                             "p90_ms",
                                             "p95_ms",
                                             "p99_ms",
                                             "max_ms",
                                             "connect_avg_ms",
                                             "connect_p95_ms"};
  for (const auto name : metric_names()) {
    CAPTURE(name);
    const auto value = metric_value(name, minute_rollup{}, 60s);
    CHECK(value.has_value() == !absent.contains(name));
    CHECK(value.value_or(0) == 0);
  }
}
