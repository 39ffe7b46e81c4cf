// The aggregator's answers, in virtual time.
#include <doctest/doctest.h>

#include "actors/metrics_aggregator.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/samples.hpp"

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const timestamp now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
const minute this_minute = minute_of(now);

// `count` requests in one minute, all in its second `second`.
rollup::minute_rollup requests(std::uint64_t count, std::size_t second = 0) {
  rollup::minute_rollup r;
  r.requests = r.lines = count;
  r.by_second[second] = static_cast<std::uint32_t>(count);
  return r;
}

struct fixture : still_system {
  metrics_aggregator_actor box = system.spawn<metrics_aggregator>(alert_settings{});

  ~fixture() { stop(box); }

  void add(const std::string& app, minute at, std::uint64_t count, std::size_t second = 0) {
    auto next = std::make_shared<batch>();
    auto origin = std::make_shared<frame>();
    origin->app = app;
    next->origin = origin;
    next->partial.push_back({at, requests(count, second)});
    caf::anon_send(box, batch_ptr{next});
    run();
  }

  snapshot_ptr snapshot(const std::string& app = "", window span = window::all, timestamp at = now) {
    return ask<snapshot_ptr>(box, metrics_query{app, span, at});
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "aggregator: sums over apps, or answers for one") {
  add("shop", this_minute, 3);
  add("blog", this_minute, 4);
  add("shop", this_minute, 5);
  CHECK(snapshot()->totals.requests == 12);
  CHECK(snapshot("shop")->totals.requests == 8);
  CHECK(snapshot("none")->totals.requests == 0);
  CHECK(snapshot()->apps == std::vector<std::string>{"blog", "shop"});
}

TEST_CASE_FIXTURE(fixture, "aggregator: a window counts the minutes it overlaps") {
  add("shop", this_minute, 1);
  add("shop", this_minute - 1min, 2);
  add("shop", this_minute - 2min, 4);
  add("shop", this_minute - 59min, 8);
  add("shop", this_minute - 23h, 16);
  add("shop", this_minute - 48h, 32);
  CHECK(snapshot("", window::one_minute)->totals.requests == 3);
  CHECK(snapshot("", window::five_minutes)->totals.requests == 7);
  CHECK(snapshot("", window::one_hour)->totals.requests == 15);
  CHECK(snapshot("", window::one_day)->totals.requests == 31);
  CHECK(snapshot()->totals.requests == 63);
}

TEST_CASE_FIXTURE(fixture, "aggregator: the rate is over the last sixty seconds") {
  const timestamp at = this_minute + 30s;
  add("shop", this_minute, 60, 30);          // the running second
  add("shop", this_minute, 600, 31);         // the future
  add("shop", this_minute - 1min, 120, 31);  // 59 s ago
  add("shop", this_minute - 1min, 1200, 30); // 60 s ago
  CHECK(snapshot("", window::all, at)->requests_per_second == doctest::Approx(3));
}

TEST_CASE_FIXTURE(fixture, "aggregator: what earlier runs counted is added") {
  add("shop", this_minute, 3);
  auto parts = std::make_shared<std::vector<stored_rollup>>();
  parts->push_back({"shop", this_minute - 1min, requests(5)});
  caf::anon_send(box, restored_rollups{parts});
  run();
  CHECK(snapshot("shop")->totals.requests == 8);
}

TEST_CASE_FIXTURE(fixture, "aggregator: a series has a point for each step in which something was counted") {
  add("shop", this_minute - 4min, 1);
  add("shop", this_minute - 3min, 2);
  add("blog", this_minute - 1min, 4);
  const auto by_minute =
      ask<series>(box, series_query{"requests", "", this_minute - 5min, this_minute, 1min});
  CHECK(by_minute.points ==
        std::vector<series_point>{{this_minute - 4min, 1}, {this_minute - 3min, 2}, {this_minute - 1min, 4}});
  const auto by_two =
      ask<series>(box, series_query{"requests", "shop", this_minute - 4min, this_minute, 2min});
  CHECK(by_two.points == std::vector<series_point>{{this_minute - 4min, 3}});
  CHECK_THROWS_WITH(ask<series>(box, series_query{"p51_ms", "", this_minute, this_minute, 1min}),
                    "unknown_metric: p51_ms");
}

TEST_CASE_FIXTURE(fixture, "aggregator: a tick raises and resolves alerts") {
  auto next = std::make_shared<batch>();
  auto origin = std::make_shared<frame>();
  origin->app = "shop";
  next->origin = origin;
  auto failing = requests(100);
  failing.errors = 50;
  next->partial.push_back({this_minute, failing});
  caf::anon_send(box, batch_ptr{next});
  run();
  advance(1s);
  REQUIRE(snapshot()->alerts.size() == 1);
  CHECK(snapshot()->alerts[0].type == "high_error_rate");
  add("shop", this_minute, 100'000);
  advance(1s);
  REQUIRE(snapshot()->alerts.size() == 1);
  CHECK(snapshot()->alerts[0].resolved);
}
