// What aggregator and history answer together, in virtual time.
#include <doctest/doctest.h>

#include "actors/metrics_aggregator.hpp"
#include "actors/metrics_history.hpp"
#include "messages/series.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/samples.hpp"

namespace metrics_aggregator_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const timestamp now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
const minute this_minute = minute_of(now);

// `count` requests in one minute, all of them in second `second`.
rollup::minute_rollup requests(std::uint64_t count, std::size_t second = 0) {
  rollup::minute_rollup r;
  r.requests = r.lines = count;
  r.by_second[second] = static_cast<std::uint32_t>(count);
  return r;
}

struct fixture : still_system {
  std::shared_ptr<std::chrono::microseconds> later = std::make_shared<std::chrono::microseconds>(0);
  metrics_history_actor history =
      system.spawn<boxed<metrics_history>>([since = later] { return now + *since; });
  metrics_aggregator_actor box = system.spawn<boxed<metrics_aggregator>>(history);

  ~fixture() { stop(box, history); }

  // Moves wall clock and timers together.
  void pass(std::chrono::seconds span) {
    for (; span > 0s; span -= 1s) {
      *later += 1s;
      advance(1s);
    }
  }

  // Counts one line of `app`, dated now.
  void hear(const std::string& app) {
    auto next = std::make_shared<batch>();
    auto origin = std::make_shared<frame>();
    origin->app = app;
    origin->received_at = now + *later;
    next->origin = origin;
    next->records.framing.lines = 1;
    rollup::minute_rollup line;
    line.lines = 1;
    next->partial.push_back({minute_of(origin->received_at), line});
    caf::anon_send(box, batch_group{{next}});
    run();
  }

  static batch_ptr make_batch(const std::string& app, minute at, std::uint32_t count, std::size_t second) {
    auto next = std::make_shared<batch>();
    auto origin = std::make_shared<frame>();
    origin->app = app;
    next->origin = origin;
    next->records.framing.lines = count;
    next->partial.push_back({at, requests(count, second)});
    return next;
  }

  void add(const std::string& app, minute at, std::uint32_t count, std::size_t second = 0) {
    caf::anon_send(box, batch_group{{make_batch(app, at, count, second)}});
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

TEST_CASE_FIXTURE(fixture, "aggregator: apps for which there is no room are counted as one") {
  constexpr auto room = rollup::limits{}.apps;
  for (std::size_t i = 0; i < room + 2; ++i)
    hear("app" + std::to_string(i));
  pass(1s);
  CHECK(snapshot()->totals.lines == room + 2);
  CHECK(snapshot()->apps.size() == room + 1);
  CHECK(snapshot()->other_apps_lines == 2);
  const std::string other_name{rollup::other_name};
  const auto other = snapshot(other_name);
  CHECK(other->totals.lines == 2);
  CHECK(other->other_apps_lines == 0);
  CHECK(ask<watched_counts_ptr>(box, watch_query{})->apps.at(other_name).heard == now);
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
  auto counts = std::make_shared<rollup::app_timelines>();
  counts->restore("shop", this_minute - 1min, requests(5), now);
  caf::anon_send(box, restored_counts{counts});
  run();
  CHECK(snapshot("shop")->totals.requests == 8);
}

TEST_CASE_FIXTURE(fixture, "aggregator: a series has a sum for each step in which something was counted") {
  add("shop", this_minute - 4min, 1);
  add("shop", this_minute - 3min, 2);
  add("blog", this_minute - 1min, 4);
  const auto points = [&](const series_query& question) {
    return to_series(question, *ask<series_sums_ptr>(box, question)).at(0).points;
  };
  CHECK(points({{"requests"}, "", this_minute - 5min, this_minute, 1min}) ==
        std::vector<series_point>{{this_minute - 4min, 1}, {this_minute - 3min, 2}, {this_minute - 1min, 4}});
  CHECK(points({{"requests"}, "shop", this_minute - 4min, this_minute, 2min}) ==
        std::vector<series_point>{{this_minute - 4min, 3}});
  CHECK_THROWS_WITH(
      ask<series_sums_ptr>(box, series_query{{"requests", "p51_ms"}, "", this_minute, this_minute, 1min}),
      "unknown_metric: p51_ms");
}

TEST_CASE_FIXTURE(fixture, "aggregator: a series has as many points as may be asked for") {
  const auto last = this_minute - 1min;
  add("shop", last, 7);
  const auto from = this_minute - series_query::max_points * 1min;
  const auto sums = ask<series_sums_ptr>(box, series_query{{"requests"}, "", from, this_minute, 1min});
  REQUIRE(sums->steps.size() == 1);
  CHECK(sums->steps.front().start == last);
}

TEST_CASE_FIXTURE(fixture, "aggregator: totals are reported app by app") {
  add("shop", this_minute, 3);
  add("blog", this_minute - 40 * 24h, 4);
  add("shop", this_minute, 100);
  const auto totals = ask<totals_ptr>(box, totals_query{});
  REQUIRE(totals->apps.size() == 2);
  CHECK(totals->apps.at("shop").requests == 103);
  CHECK(totals->apps.at("blog").requests == 4);
  CHECK(ask<totals_ptr>(box, totals_query{"blog"})->apps.size() == 1);
  CHECK(ask<totals_ptr>(box, totals_query{"none"})->apps.empty());
}

TEST_CASE_FIXTURE(fixture, "aggregator: what another node has stored is subtracted, and was counted") {
  hear("shop");
  const auto theirs = make_batch("shop", this_minute, 3, 10);
  caf::anon_send(box, batch_group{{theirs}});
  const auto old = make_batch("shop", this_minute - 5h, 4, 10);
  caf::anon_send(box, batch_group{{old}});
  run();
  CHECK(snapshot("shop")->totals.lines == 8);
  pass(180s);
  caf::anon_send(box, stored_elsewhere{{theirs, old}});
  run();
  for (const auto* app : {"shop", ""}) {
    CHECK(snapshot(app)->totals.lines == 1);
    CHECK(snapshot(app)->totals.requests == 0);
    CHECK(snapshot(app, window::one_day, now + 180s)->totals.lines == 1);
  }
  CHECK(ask<watched_counts_ptr>(box, watch_query{})->counted_lines == 8);
}

TEST_CASE_FIXTURE(fixture, "aggregator: reports what rules look at, of every app") {
  hear("shop");
  add("shop", this_minute, 100);
  add("shop", this_minute - 5min, 7);
  add("blog", this_minute - 6min, 9);
  const watch_query question{{{1min, rollup::extent::all}, {5min, rollup::extent::all}}, now};
  const auto answer = ask<watched_counts_ptr>(box, question);
  CHECK(answer->question.windows == question.windows);
  REQUIRE(answer->apps.size() == 2);
  const auto& shop = answer->apps.at("shop");
  CHECK(shop.heard == now);
  REQUIRE(shop.sums.size() == 2);
  CHECK(shop.sums[0].requests == 100);
  CHECK(shop.sums[1].requests == 107);
  CHECK(answer->apps.at("blog").sums.at(1).requests == 0);
  CHECK(answer->counted_lines == 117);
}

TEST_CASE_FIXTURE(fixture, "aggregator: answers say whether what earlier runs counted is there") {
  const series_query steps{{"requests"}, "", this_minute, this_minute + 1min, 1min};
  CHECK_FALSE(snapshot()->is_restored);
  CHECK_FALSE(ask<watched_counts_ptr>(box, watch_query{})->is_restored);
  CHECK_FALSE(ask<series_sums_ptr>(box, steps)->is_restored);
  caf::anon_send(box, restored_counts{std::make_shared<rollup::app_timelines>()});
  run();
  CHECK(snapshot()->is_restored);
  CHECK(ask<watched_counts_ptr>(box, watch_query{})->is_restored);
  CHECK(ask<series_sums_ptr>(box, steps)->is_restored);
}

} // namespace metrics_aggregator_test
