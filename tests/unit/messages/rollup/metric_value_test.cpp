// Every named series, for a rollup with known numbers.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "messages/rollup/metric_value.hpp"
#include "messages/rollup/span_rollup.hpp"

using namespace parseflow::rollup;
using namespace std::chrono_literals;

namespace {

span_rollup sample() {
  span_rollup r;
  r.requests = 200;
  r.errors = 30;
  r.failures = 10;
  r.by_status_class = {1, 2, 140, 28, 20, 9};
  r.by_method = {100, 50, 25, 15, 1, 2, 3, 4};
  for (int ms = 201; ms <= 300; ++ms)
    r.service.add(ms);
  for (int i = 0; i < 20; ++i)
    r.connect.add(i);
  r.by_status = {{101, 2}, {200, 140}};
  for (const int ms : {1000, 2000})
    r.websockets.add(ms);
  r.response_bytes = 5000;
  r.lines = 240;
  r.bytes = 60'000;
  r.malformed = 3;
  r.count_mismatches = 1;
  r.late = 11;
  r.early = 12;
  r.custom.overflow = 13;
  for (const std::uint32_t client : {5u, 6u, 7u})
    r.visitors.add(client);
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

span_rollup kept(std::string_view name, span_rollup sum) {
  const std::vector names{std::string{name}};
  keep_for(names, sum);
  return sum;
}

} // namespace

TEST_CASE("metric value: every series has its value") {
  const std::map<std::string_view, double> expected = {{"requests", 200},
                                                       {"errors", 30},
                                                       {"failures", 10},
                                                       {"failure_rate", 5},
                                                       {"websockets", 2},
                                                       {"websocket_avg_ms", 1500},
                                                       {"websocket_p50_ms", 1000},
                                                       {"websocket_p95_ms", 2000},
                                                       {"websocket_max_ms", 2000},
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
                                                       {"head_requests", 2},
                                                       {"patch_requests", 3},
                                                       {"options_requests", 4},
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
                                                       {"dyno_load_max_1m", -1},
                                                       {"visitors", 3},
                                                       {"late", 11},
                                                       {"early", 12},
                                                       {"custom_folded", 13}};
  for (const auto name : metric_names()) {
    CAPTURE(name);
    REQUIRE(expected.contains(name));
    const auto value = metric_value(name, sample(), 100s);
    REQUIRE(value);
    CHECK(*value == doctest::Approx(expected.at(name)));
    CHECK(metric_value(name, kept(name, sample()), 100s) == value);
  }
  CHECK(metric_names().size() == expected.size());
}

TEST_CASE("metric value: without observations quantiles, means and percentages are absent, counts are zero") {
  const std::set<std::string_view> absent = {"dyno_memory_max_mb",
                                             "dyno_load_max_1m",
                                             "error_rate",
                                             "success_rate",
                                             "failure_rate",
                                             "websocket_avg_ms",
                                             "websocket_p50_ms",
                                             "websocket_p95_ms",
                                             "websocket_max_ms",
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
    const auto value = metric_value(name, span_rollup{}, 60s);
    CHECK(value.has_value() == !absent.contains(name));
    CHECK(value.value_or(0) == 0);
  }
}

TEST_CASE("metric value: a family and a name from the traffic make a series") {
  auto r = sample();
  r.error_codes["H12"] = 7;
  r.by_status[404] = 8;
  r.countries["DE"] = 9;
  request_stats stats{.count = 4, .errors = 2, .failures = 1};
  for (const int ms : {10, 20, 30, 40})
    stats.service.add(ms);
  r.dynos["web.1"] = stats;
  r.endpoints = heavy_hitters<request_stats>({{"/items/:id", stats, 0}}, 10);
  r.platform.addons["pg-1"].values["db_size"] = {gauge_of({}, 5e9), "bytes"};
  r.custom.counts["orders:placed"].sum.add(2.5);
  r.custom.gauges[series_key("depth@checkout", "jobs")] = {{"jobs", {}}, {2, {}, 5, 9}, -1};
  auto& query = r.custom.measures[series_key("db.query", "ms")];
  query.unit = {"ms", {}};
  for (const double ms : {0.4, 12.4, 1000.0})
    query.values.add(kept_value(ms, "ms"));
  r.custom.uniques["buyers"].members.add(1);
  const std::map<std::string_view, double> expected = {{"code:H12", 7},
                                                       {"code:H99", 0},
                                                       {"status:404", 8},
                                                       {"status:201", 0},
                                                       {"status:x", 0},
                                                       {"status:65940", 0}, // 404 in 16 bits
                                                       {"country:DE", 9},
                                                       {"dyno_requests:web.1", 4},
                                                       {"dyno_requests:web.9", 0},
                                                       {"dyno_errors:web.1", 2},
                                                       {"dyno_failures:web.1", 1},
                                                       {"dyno_p50_ms:web.1", 20},
                                                       {"dyno_p95_ms:web.1", 40},
                                                       {"dyno_p99_ms:web.1", 40},
                                                       {"dyno_memory_mb:web.1", 512},
                                                       {"dyno_load_1m:web.1", -1},
                                                       {"endpoint_requests:/items/:id", 4},
                                                       {"endpoint_errors:/items/:id", 2},
                                                       {"endpoint_failures:/items/:id", 1},
                                                       {"endpoint_p50_ms:/items/:id", 20},
                                                       {"endpoint_p95_ms:/items/:id", 40},
                                                       {"endpoint_p99_ms:/items/:id", 40},
                                                       {"addon:pg-1/db_size", 5e9},
                                                       {"custom:orders:placed", 2.5},
                                                       {"custom:depth@checkout", 5},
                                                       {"custom_min:depth@checkout", -1},
                                                       {"custom_max:depth@checkout", 9},
                                                       {"custom:db.query", 337.6},
                                                       {"custom_min:db.query", 0.4},
                                                       {"custom_p50:db.query", 12.4},
                                                       {"custom_p95:db.query", 1000},
                                                       {"custom_p99:db.query", 1000},
                                                       {"custom_max:db.query", 1000},
                                                       {"custom:buyers", 1}};
  std::set<std::string_view> families;
  auto without_names = r;
  without_names.endpoints = {};
  without_names.dynos.clear();
  for (const auto& [known, value] : expected) {
    const auto& name = known;
    CAPTURE(name);
    CHECK(is_metric(name));
    const auto found = metric_value(name, r, 60s);
    REQUIRE(found);
    CHECK(*found == doctest::Approx(value).epsilon(0.004));
    if (extent_of(name) == extent::without_names)
      CHECK(metric_value(name, without_names, 60s) == found);
    CHECK(metric_value(name, kept(name, r), 60s) == found);
    families.insert(name.substr(0, name.find(':')));
  }
  CHECK(families == std::set(metric_families().begin(), metric_families().end()));
  for (const auto* absent : {"dyno_p95_ms:web.9", "dyno_memory_mb:web.9", "endpoint_p50_ms:/", "addon:pg-1",
                             "addon:pg-1/", "addon:/db_size", "custom:none", "custom_min:orders:placed",
                             "custom_p50:depth@checkout", "custom_max:buyers"}) {
    CAPTURE(absent);
    CHECK(is_metric(absent));
    CHECK_FALSE(metric_value(absent, r, 60s));
  }
}

TEST_CASE("metric value: what is no metric") {
  for (const auto* name : {"", ":", "requests:", "requests:x", "code", "code:", "codes:H12", "p51_ms"}) {
    CAPTURE(name);
    CHECK_FALSE(is_metric(name));
  }
  for (const auto name : metric_names()) {
    CHECK(is_metric(name));
    CHECK_FALSE(is_of_one_app(name));
    CHECK(extent_of(name) == extent::without_names);
  }
}

TEST_CASE("metric value: what is kept for a series is its own name only, and can be merged") {
  span_rollup r;
  request_stats stats{.count = 1};
  stats.service.add(7);
  r.lines = 2;
  r.endpoints = heavy_hitters<request_stats>({{"/a", stats, 0}, {"/b", stats, 0}}, 1);
  for (const auto* name : {"web.1", "web.2"}) {
    r.dynos[name] = stats;
    r.custom.measures[name].values.add(1);
  }
  r.service.add(7);
  r.visitors.add(1);
  auto sum = kept("dyno_p50_ms:web.1", r);
  merge(sum, kept("dyno_p50_ms:web.1", r));
  CHECK(sum.lines == 4);
  REQUIRE(sum.dynos.size() == 1);
  CHECK(sum.dynos.at("web.1").service.count() == 2);
  CHECK(sum.endpoints == heavy_hitters<request_stats>{});
  CHECK(sum.service.count() == 0);
  CHECK(sum.visitors.count() == 0);
  CHECK(kept("endpoint_requests:/a", r).endpoints.entries().size() == 1);
  CHECK(kept("p50_ms", r).custom == custom_stats{});
  CHECK(kept("p50_ms", r).dynos.empty());
}

TEST_CASE("metric value: what is kept for several series has all that each of them needs") {
  const std::vector<std::string> names{"code:H12", "p50_ms", "dyno_requests:web.1", "addon:db/size",
                                       "visitors"};
  auto sum = sample();
  sum.error_codes["R14"] = 3;
  sum.dynos["web.1"].count = 5;
  sum.dynos["web.2"].count = 6;
  const auto whole = sum;
  keep_for(names, sum);
  for (const auto& name : names) {
    CAPTURE(name);
    CHECK(metric_value(name, sum, 100s) == metric_value(name, whole, 100s));
  }
  CHECK_FALSE(sum.error_codes.contains("R14"));
  CHECK(sum.dynos.size() == 1);
}

TEST_CASE("metric value: only dynos and endpoints are of one app") {
  for (const auto* name : {"dyno_p95_ms:web.1", "dyno_memory_mb:web.1", "endpoint_requests:/"})
    CHECK(is_of_one_app(name));
  for (const auto* name : {"code:H12", "custom:dyno_x", "addon:pg-1/db_size", "status:200"})
    CHECK_FALSE(is_of_one_app(name));
}
