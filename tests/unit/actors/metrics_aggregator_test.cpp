// The answers of aggregator and history together, in virtual time.
#include <doctest/doctest.h>

#include "actors/metrics_aggregator.hpp"
#include "actors/metrics_history.hpp"
#include "messages/alerts/parse_rules.hpp"
#include "messages/series.hpp"
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

// Remembers the alerts it is told.
class stub_alert_sink : public alert_sink_actor::base {
public:
  stub_alert_sink(caf::actor_config& setup, std::shared_ptr<std::vector<alert>> told)
      : alert_sink_actor::base(setup), told_(std::move(told)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const alert& one) { told_->push_back(one); }};
  }

private:
  std::shared_ptr<std::vector<alert>> told_;
};

struct fixture : still_system {
  std::shared_ptr<std::chrono::microseconds> later = std::make_shared<std::chrono::microseconds>(0);
  metrics_history_actor history = make_history("");
  metrics_aggregator_actor box = system.spawn<metrics_aggregator>(history);
  std::shared_ptr<std::vector<alert>> told = std::make_shared<std::vector<alert>>();
  alert_sink_actor sink = system.spawn<stub_alert_sink>(told);

  ~fixture() { stop(box, history, sink); }

  metrics_history_actor make_history(std::string_view rules) {
    return system.spawn<metrics_history>(alerts::parse_rules(rules).rules,
                                         [since = later] { return now + *since; });
  }

  void use_rules(std::string_view rules) {
    stop(box, history);
    history = make_history(rules);
    box = system.spawn<metrics_aggregator>(history);
  }

  // The history is there, and the sink.
  void begin(std::vector<alert> earlier = {}) {
    caf::anon_send(box, attach_atom_v, audience::node, sink);
    caf::anon_send(box, restored_alerts{std::move(earlier)});
    run();
  }

  // Wall clock and timers together.
  void pass(std::chrono::seconds span) {
    for (; span > 0s; span -= 1s) {
      *later += 1s;
      advance(1s);
    }
  }

  // One line of `app`, now.
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
    caf::anon_send(box, batch_ptr{next});
    run();
  }

  void add_failing(const std::string& app, std::uint64_t failed, std::uint64_t all) {
    auto next = std::make_shared<batch>();
    auto origin = std::make_shared<frame>();
    origin->app = app;
    origin->received_at = now + *later;
    next->origin = origin;
    auto data = requests(all);
    data.errors = data.failures = failed;
    next->partial.push_back({minute_of(now + *later), data});
    caf::anon_send(box, batch_ptr{next});
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
    caf::anon_send(box, make_batch(app, at, count, second));
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

TEST_CASE_FIXTURE(fixture, "aggregator: apps for which there is no room are counted and judged as one") {
  begin();
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
    return to_series(question, *ask<series_sums_ptr>(box, question)).points;
  };
  CHECK(points({"requests", "", this_minute - 5min, this_minute, 1min}) ==
        std::vector<series_point>{{this_minute - 4min, 1}, {this_minute - 3min, 2}, {this_minute - 1min, 4}});
  CHECK(points({"requests", "shop", this_minute - 4min, this_minute, 2min}) ==
        std::vector<series_point>{{this_minute - 4min, 3}});
  CHECK_THROWS_WITH(ask<series_sums_ptr>(box, series_query{"p51_ms", "", this_minute, this_minute, 1min}),
                    "unknown_metric: p51_ms");
}

TEST_CASE_FIXTURE(fixture, "aggregator: a tick raises and resolves alerts, and tells each once") {
  begin();
  add_failing("shop", 50, 100);
  CHECK(told->empty());
  pass(1s);
  REQUIRE(snapshot()->alerts.size() == 1);
  CHECK(snapshot()->alerts[0].type == "high_error_rate");
  CHECK(snapshot()->alerts[0].app == "shop");
  pass(5s);
  CHECK(*told == snapshot()->alerts);
  add("shop", this_minute, 100'000);
  pass(10s); // settled, after the history
  REQUIRE(snapshot()->alerts.size() == 1);
  CHECK(snapshot()->alerts[0].resolved);
  REQUIRE(told->size() == 2);
  CHECK(told->back() == snapshot()->alerts[0]);
}

TEST_CASE_FIXTURE(fixture, "aggregator: judges each app alone, and shows an app its own alerts") {
  begin();
  add_failing("shop", 50, 100);
  add_failing("blog", 0, 100'000);
  pass(1s);
  REQUIRE(snapshot()->alerts.size() == 1);
  CHECK(snapshot("shop")->alerts.size() == 1);
  CHECK(snapshot("blog")->alerts.empty());
}

TEST_CASE_FIXTURE(fixture, "aggregator: totals are told app by app, with the open alerts") {
  begin();
  add("shop", this_minute, 3);
  add("blog", this_minute - 40 * 24h, 4);
  add_failing("shop", 50, 100);
  pass(1s);
  const auto totals = ask<totals_ptr>(box, totals_query{});
  REQUIRE(totals->apps.size() == 2);
  CHECK(totals->apps.at("shop").requests == 103);
  CHECK(totals->apps.at("blog").requests == 4);
  CHECK(totals->alerts.size() == 1);
  CHECK(ask<totals_ptr>(box, totals_query{"blog"})->apps.size() == 1);
  CHECK(ask<totals_ptr>(box, totals_query{"none"})->apps.empty());
  add("shop", this_minute, 100'000);
  pass(20s); // so long nothing is resolved after a start
  CHECK(ask<totals_ptr>(box, totals_query{})->alerts.empty());
}

TEST_CASE_FIXTURE(fixture, "aggregator: alerts of earlier runs go on and are not told again") {
  alert earlier;
  earlier.type = "high_error_rate";
  earlier.app = "shop";
  earlier.raised_at = now - 1h;
  begin({earlier});
  add_failing("shop", 50, 100);
  pass(20s);
  CHECK(told->empty());
  REQUIRE(snapshot()->alerts.size() == 1);
  CHECK(snapshot()->alerts[0].raised_at == earlier.raised_at);
  CHECK(snapshot()->alerts[0].current == 50);
  add("shop", this_minute, 100'000);
  pass(1s);
  REQUIRE(told->size() == 1);
  CHECK(told->back().resolved);
  CHECK(told->back().raised_at == earlier.raised_at);
}

TEST_CASE_FIXTURE(fixture, "aggregator: without a history from the database it judges after a minute") {
  caf::anon_send(box, attach_atom_v, audience::node, sink);
  run();
  add_failing("shop", 50, 100);
  pass(59s);
  CHECK(told->empty());
  pass(1s);
  CHECK(told->size() == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "aggregator: a drain that falls silent raises an alert, and resolves it when it is back") {
  begin();
  hear("shop");
  pass(30min - 1s);
  CHECK(told->empty());
  pass(1s);
  REQUIRE(told->size() == 1);
  CHECK(told->back().type == "silent_drain");
  CHECK(told->back().value == 30);
  hear("shop");
  pass(1s);
  REQUIRE(told->size() == 2);
  CHECK(told->back().resolved);
}

TEST_CASE_FIXTURE(fixture, "aggregator: silence after what earlier runs counted is waited for anew") {
  auto counts = std::make_shared<rollup::app_timelines>();
  counts->restore("shop", this_minute - 5h, requests(5), now);
  counts->restore("gone", this_minute - 30h, requests(5), now);
  caf::anon_send(box, restored_counts{counts});
  begin();
  pass(30min - 1s);
  CHECK(told->empty());
  pass(1s);
  REQUIRE(told->size() == 1);
  CHECK(told->back().app == "shop");
  CHECK(told->back().value >= 329);
}

TEST_CASE_FIXTURE(fixture, "aggregator: a database that takes nothing raises an alert") {
  begin();
  writer_status status;
  status.connected = false;
  caf::anon_send(box, status);
  run();
  pass(119s);
  CHECK(told->empty());
  caf::anon_send(box, status); // it was away already
  run();
  pass(1s);
  REQUIRE(told->size() == 1);
  CHECK(told->back().type == "database_away");
  CHECK(told->back().app == "");
  status.connected = true;
  caf::anon_send(box, status);
  pass(1s);
  REQUIRE(told->size() == 2);
  CHECK(told->back().resolved);
}

TEST_CASE_FIXTURE(fixture, "aggregator: the database's lag is what was counted and is not stored") {
  use_rules("lag: database_lag_lines >= 3");
  begin();
  for (int i = 0; i < 4; ++i)
    hear("shop");
  writer_status status;
  status.connected = true;
  status.stored_lines = 2;
  caf::anon_send(box, status);
  pass(1s);
  CHECK(told->empty());
  status.stored_lines = 1;
  caf::anon_send(box, status);
  pass(1s);
  REQUIRE(told->size() == 1);
  CHECK(told->back().value == 3);
}

TEST_CASE_FIXTURE(fixture, "aggregator: an alert sink that is gone does no harm, a new one takes its place") {
  begin();
  stop(sink);
  sink = system.spawn<stub_alert_sink>(told);
  caf::anon_send(box, attach_atom_v, audience::node, sink);
  run();
  add_failing("shop", 50, 100);
  pass(1s);
  CHECK(told->size() == 1);
}

TEST_CASE_FIXTURE(fixture, "aggregator: tells how the webhook is doing, if there is one") {
  CHECK_FALSE(snapshot()->webhook);
  caf::anon_send(box, webhook_status{3, 2, 1});
  CHECK(snapshot()->webhook == webhook_status{3, 2, 1});
}

TEST_CASE_FIXTURE(fixture,
                  "aggregator: what another node has stored is taken back, and is no lag of the database") {
  use_rules("lag: database_lag_lines >= 1");
  begin();
  hear("shop");
  const auto theirs = make_batch("shop", this_minute, 3, 10);
  caf::anon_send(box, theirs);
  const auto old = make_batch("shop", this_minute - 5h, 4, 10);
  caf::anon_send(box, old);
  run();
  CHECK(snapshot("shop")->totals.lines == 8);
  pass(180s);
  caf::anon_send(box, stored_elsewhere{{theirs, old}});
  writer_status status;
  status.connected = true;
  status.stored_lines = 8;
  caf::anon_send(box, status);
  run();
  for (const auto* app : {"shop", ""}) {
    CHECK(snapshot(app)->totals.lines == 1);
    CHECK(snapshot(app)->totals.requests == 0);
    CHECK(snapshot(app, window::one_day, now + 180s)->totals.lines == 1);
  }
  pass(1s);
  CHECK(told->empty());
  hear("shop");
  caf::anon_send(box, status);
  pass(1s);
  CHECK(told->size() == 1); // one line that is not stored
}

TEST_CASE_FIXTURE(fixture, "aggregator: tells what rules look at, of every app") {
  begin();
  add_failing("shop", 50, 100);
  add("shop", this_minute - 5min, 7);
  add("blog", this_minute - 6min, 9);
  pass(1s);
  const watch_query question{{{1min, rollup::extent::all}, {5min, rollup::extent::all}}, now + *later};
  const auto answer = ask<watched_counts_ptr>(box, question);
  REQUIRE(answer->apps.size() == 2);
  const auto& shop = answer->apps.at("shop");
  CHECK(shop.heard == now);
  REQUIRE(shop.sums.size() == 2);
  CHECK(shop.sums[0].requests == 100);
  CHECK(shop.sums[1].requests == 107);
  CHECK(answer->apps.at("blog").sums.at(1).requests == 0);
  REQUIRE(answer->alerts.size() == 1);
  CHECK(answer->alerts.front().type == "high_error_rate");
}

namespace {

// A node of a cluster whose rule looks at one window, with a sink for each audience.
struct node_fixture : fixture {
  std::shared_ptr<std::vector<alert>> outside = std::make_shared<std::vector<alert>>();
  alert_sink_actor outside_sink = system.spawn<stub_alert_sink>(outside);

  node_fixture() {
    use_rules("busy: requests >= 10 over 5m; lag: database_lag_lines >= 1");
    begin();
    caf::anon_send(box, attach_atom_v, audience::outside, outside_sink);
    pass(alerts::evaluator::settling);
  }
  ~node_fixture() { stop(outside_sink); }

  // All nodes together have counted `requests` of the shop, and this one is told so.
  void judge(std::uint64_t all, bool is_speaker, std::vector<alert> open_elsewhere = {},
             std::vector<alert> posted = {}) {
    auto counted = std::make_shared<watched_counts>();
    counted->question.windows = {{5min, rollup::extent::without_names}};
    counted->apps["shop"] = {now, {requests(all)}};
    counted->alerts = std::move(open_elsewhere);
    counted->posted = std::move(posted);
    caf::anon_send(box, cluster_counts{counted, is_speaker});
    pass(1s);
  }
};

} // namespace

TEST_CASE_FIXTURE(node_fixture, "aggregator: in a cluster rules about apps judge what all nodes counted") {
  judge(9, true);
  add("shop", this_minute, 1000); // here alone
  pass(5s);
  CHECK(told->empty());
  judge(10, true);
  REQUIRE(told->size() == 1);
  CHECK(told->back().type == "busy");
  CHECK(*outside == *told);
  pass(5s);
  CHECK(told->size() == 1); // nothing new was counted
  judge(0, true);
  REQUIRE(told->size() == 2);
  CHECK(told->back().resolved);
  CHECK(*outside == *told);
}

TEST_CASE_FIXTURE(node_fixture,
                  "aggregator: of the nodes of a cluster one tells the outside of an app's alert") {
  judge(10, false);
  CHECK(told->size() == 1);
  CHECK(outside->empty());
  // The one that told it is gone.
  judge(0, true, {}, {told->back()});
  REQUIRE(outside->size() == 1);
  CHECK(outside->back().resolved);
}

TEST_CASE_FIXTURE(node_fixture, "aggregator: who becomes the speaker tells what the last one did not") {
  judge(10, false);
  CHECK(told->size() == 1);
  pass(5min);
  judge(10, true);
  CHECK(*outside == *told);
  judge(10, false);
  judge(10, true);
  CHECK(outside->size() == 1);
}

TEST_CASE_FIXTURE(node_fixture, "aggregator: who becomes the speaker does not tell what the last one told") {
  judge(10, false);
  judge(10, false, {}, {told->back()});
  judge(10, true);
  CHECK(outside->empty());
  // Raised is not resolved.
  judge(0, false, {}, {told->front()});
  judge(0, true);
  REQUIRE(outside->size() == 1);
  CHECK(outside->back().resolved);
}

TEST_CASE_FIXTURE(node_fixture,
                  "aggregator: who becomes the speaker does not tell what is no news any more") {
  judge(10, false);
  pass(11min);
  judge(10, true);
  CHECK(outside->empty());
}

TEST_CASE_FIXTURE(node_fixture, "aggregator: tells the other nodes what was posted, for some minutes") {
  judge(10, true);
  REQUIRE(told->size() == 1);
  caf::anon_send(box, posted_alert{told->back()});
  pass(5min);
  CHECK(ask<watched_counts_ptr>(box, watch_query{{}, now})->posted == *told);
  pass(6min);
  CHECK(ask<watched_counts_ptr>(box, watch_query{{}, now})->posted.empty());
}

TEST_CASE_FIXTURE(node_fixture,
                  "aggregator: an alert that was open before this node came is not told again") {
  alert old;
  old.type = "busy";
  old.app = "shop";
  old.raised_at = now - 2min;
  judge(10, true, {old});
  CHECK(told->size() == 1);
  CHECK(outside->empty());
  judge(0, true);
  // Another node is a moment ahead of this one.
  old.raised_at = now + *later - 1s;
  judge(10, true, {old});
  REQUIRE(outside->size() == 2);
  CHECK_FALSE(outside->back().resolved);
}

TEST_CASE_FIXTURE(node_fixture, "aggregator: each node tells of its own database") {
  judge(0, false);
  hear("shop");
  caf::anon_send(box, writer_status{});
  pass(1s);
  REQUIRE(outside->size() == 1);
  CHECK(outside->back().type == "lag");
}
