// How alerts change over time.
#include <map>
#include <random>

#include <doctest/doctest.h>

#include "messages/alerts/evaluate.hpp"
#include "messages/alerts/parse_rules.hpp"
#include "messages/alerts/sentence.hpp"
#include "tests/support/problem_in.hpp"

using namespace parseflow;
using namespace parseflow::alerts;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h;

// An evaluator whose apps have the counts that the test set last. Rules see them in a window of one minute.
struct bench {
  explicit bench(std::string_view rules, timestamp at = start) : now(at), judge(read(rules), at) {
    REQUIRE(judge.restore({}, at - 1min).empty());
  }

  static std::vector<rule> read(std::string_view rules) {
    auto parsed = parse_rules(rules);
    REQUIRE(problem_in(parsed) == "");
    return *parsed;
  }

  // In the running minute `errors` of `requests` failed; nothing else was counted.
  void counted(const std::string& app, std::uint64_t requests, std::uint64_t errors = 0) {
    rollup::minute_rollup data;
    data.requests = data.lines = requests;
    data.errors = data.failures = errors;
    gone(app);
    apps[app].add(minute_of(now), data, minute_of(now));
  }
  void gone(const std::string& app) {
    apps.erase(app);
    apps.try_emplace(app);
  }

  std::vector<alert> after(std::chrono::seconds span) {
    now += span;
    std::vector<watched_app> watched;
    for (const auto& [name, timeline] : apps)
      watched.push_back({name, now, [&counted = timeline, this](watched_window window) {
                           return sum_of(counted, window, now);
                         }});
    auto changed = judge.judge_apps(watched, now);
    const auto more = judge.judge_database(database, now);
    changed.insert(changed.end(), more.begin(), more.end());
    return changed;
  }
  std::vector<alert> shown(std::string_view app = "") const { return judge.alerts(app, now); }

  timestamp now;
  evaluator judge;
  watched_database database;
  std::map<std::string, rollup::timeline> apps;
};

alert earlier_alert(const std::string& type, const std::string& app) {
  alert one;
  one.type = type;
  one.app = app;
  one.severity = "warning";
  one.message = "from an earlier run";
  one.value = 50;
  one.raised_at = start - 1h;
  return one;
}

constexpr auto errors_above_5 = "high: error_rate > 5 over 1m min_requests 20 critical";

} // namespace

TEST_CASE("alerts: none without traffic, none at the limit") {
  bench b{errors_above_5};
  CHECK(b.after(0s).empty());
  b.counted("shop", 100, 5);
  CHECK(b.after(1s).empty());
  CHECK(b.shown().empty());
}

TEST_CASE("alerts: a value above the limit is raised once, with what it is about") {
  bench b{errors_above_5};
  b.counted("shop", 100, 6);
  const auto raised = b.after(1s);
  REQUIRE(raised.size() == 1);
  CHECK(raised[0].type == "high");
  CHECK(raised[0].app == "shop");
  CHECK(raised[0].severity == "critical");
  CHECK(raised[0].value == 6);
  CHECK(raised[0].message == "6 % of 100 requests of shop in 1 min were errors, 4xx among them (limit 5 %)");
  CHECK(raised[0].raised_at == start + 1s);
  CHECK_FALSE(raised[0].is_resolved);
  CHECK(b.shown() == raised);
  b.counted("shop", 100, 60);
  CHECK(b.after(1s).empty());
  REQUIRE(b.shown().size() == 1);
  CHECK(b.shown()[0].raised_at == raised[0].raised_at);
}

TEST_CASE("alerts: an open one says how it is now, how bad it was, and for how long") {
  bench b{"high: failure_rate > 5 over 1m critical; quiet: requests < 50 over 1m"};
  b.counted("shop", 1000, 51);
  REQUIRE(b.after(1s).size() == 1);
  b.counted("shop", 1000, 350);
  CHECK(b.after(1s).empty());
  b.now += 5min;
  b.counted("shop", 1000, 200);
  CHECK(b.after(0s).empty());
  const auto open = b.shown().at(0);
  CHECK(open.message == "5.1 % of 1,000 requests of shop in 1 min failed (limit 5 %)"); // stored as raised
  CHECK(open.value == 5.1);
  CHECK(open.current == 20);
  CHECK(open.worst == 35);
  CHECK(state_text(open, b.now) ==
        "20 % of 1,000 requests of shop in 1 min failed (limit 5 %); at worst 35 %; for 5 min now");
  b.counted("shop", 1000, 10);
  const auto ended = b.after(1s);
  REQUIRE(ended.size() == 1);
  CHECK(state_text(ended[0], b.now + 1h) ==
        "1 % of 1,000 requests of shop in 1 min failed (limit 5 %); at worst 35 %; over after 5 min");
  CHECK(ended[0].message == open.message);

  // For a rule about too few, the worst value is the lowest.
  b.counted("shop", 40, 0);
  REQUIRE(b.after(1s).size() == 1);
  b.counted("shop", 7, 0);
  CHECK(b.after(1s).empty());
  b.counted("shop", 30, 0);
  CHECK(b.after(1s).empty());
  CHECK(b.shown().at(0).current == 30);
  CHECK(b.shown().at(0).worst == 7);
}

TEST_CASE("alerts: between the limits an alert neither begins nor ends") {
  bench b{errors_above_5};
  b.counted("shop", 100, 5);
  CHECK(b.after(1s).empty());
  b.counted("shop", 100, 6);
  REQUIRE(b.after(1s).size() == 1);
  for (int i = 0; i < 50; ++i) {
    b.counted("shop", 1000, i % 2 == 0 ? 41 : 60);
    CHECK(b.after(1s).empty());
  }
  b.counted("shop", 100, 4);
  const auto ended = b.after(1s);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].is_resolved);
  CHECK(ended[0].resolved_at == b.now);
  CHECK(ended[0].raised_at == start + 2s);
  CHECK(b.shown() == ended);
}

TEST_CASE("alerts: resolved when there is nothing left to measure") {
  bench b{errors_above_5};
  b.counted("shop", 100, 60);
  REQUIRE(b.after(1s).size() == 1);
  b.counted("shop", 1, 1); // too few to raise the alert, but enough to keep it
  CHECK(b.after(1s).empty());
  b.gone("shop");
  const auto ended = b.after(1s);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].is_resolved);
}

TEST_CASE("alerts: fewer requests than the minimum raise nothing") {
  bench b{errors_above_5};
  b.counted("shop", 19, 19);
  CHECK(b.after(1s).empty());
  b.counted("shop", 20, 20);
  CHECK(b.after(1s).size() == 1);
}

TEST_CASE("alerts: a rule that wants it to hold for a while forgets it when it does not") {
  bench b{"high: error_rate > 5 over 1m for 10s"};
  b.counted("shop", 100, 6);
  CHECK(b.after(0s).empty());
  CHECK(b.after(9s).empty());
  b.counted("shop", 100, 5);
  CHECK(b.after(1s).empty());
  b.counted("shop", 100, 6);
  CHECK(b.after(1s).empty());
  CHECK(b.after(9s).empty());
  CHECK(b.after(1s).size() == 1);
}

TEST_CASE("alerts: a clock that is set back delays nothing") {
  bench b{"high: error_rate > 5 over 1m for 10s"};
  b.counted("shop", 100, 6);
  CHECK(b.after(0s).empty());
  b.now -= 1h;
  b.judge.restore({}, b.now);
  b.counted("shop", 100, 6);
  CHECK(b.after(0s).empty());
  CHECK(b.after(9s).empty());
  CHECK(b.after(1s).size() == 1);
}

TEST_CASE("alerts: every app is judged alone, and a rule for one app stands in for the general one") {
  bench b{"high: error_rate > 5 over 1m; high: error_rate > 50 over 1m app=blog"};
  b.counted("shop", 100, 20);
  b.counted("blog", 100, 20);
  b.counted("api", 100, 0);
  const auto first = b.after(1s);
  REQUIRE(first.size() == 1);
  CHECK(first[0].app == "shop");
  b.counted("blog", 100, 51);
  const auto second = b.after(1s);
  REQUIRE(second.size() == 1);
  CHECK(second[0].app == "blog");
  CHECK(b.shown().size() == 2);
  CHECK(b.shown("shop") == first);
  CHECK(b.shown("api").empty());
}

TEST_CASE("alerts: those of the database belong to no app and are shown with every one") {
  bench b{"away: database_away_minutes >= 2; lag: database_lag_lines > 10"};
  b.counted("shop", 1);
  CHECK(b.after(1s).empty());
  b.database = {11, start};
  const auto first = b.after(1s);
  REQUIRE(first.size() == 1);
  CHECK(first[0].type == "lag");
  CHECK(first[0].app == "");
  const auto second = b.after(2min);
  REQUIRE(second.size() == 1);
  CHECK(second[0].type == "away");
  CHECK(b.shown("shop").size() == 2);
  b.database = {};
  CHECK(b.after(1s).size() == 2);
}

TEST_CASE("alerts: resolved ones are shown for an hour, newest first") {
  bench b{errors_above_5};
  b.counted("shop", 100, 50);
  b.after(1s);
  b.counted("shop", 100, 0);
  b.after(1s);
  b.counted("shop", 100, 50);
  b.after(1s);
  REQUIRE(b.shown().size() == 2);
  CHECK_FALSE(b.shown()[0].is_resolved);
  CHECK(b.shown()[0].raised_at == start + 3s);
  CHECK(b.shown()[1].is_resolved);
  b.counted("shop", 100, 50);
  b.now += 1h - 1s;
  CHECK(b.shown().size() == 2);
  b.now += 1s;
  CHECK(b.shown().size() == 1);
}

TEST_CASE("alerts: a rule that flutters fills no memory and costs no open alert") {
  bench b{"high: error_rate > 5 over 1m; busy: requests > 10 over 1m"};
  for (int i = 0; i < 1000; ++i) {
    b.counted("shop", 100, i % 2 == 0 ? 50 : 0);
    b.after(1s);
  }
  const auto shown = b.shown();
  CHECK(shown.size() == 101);
  CHECK(shown.back().type == "busy");
  CHECK_FALSE(shown.back().is_resolved);
}

TEST_CASE("alerts: nothing is judged before the alerts of earlier runs are there, but for a minute at most") {
  evaluator judge{bench::read(errors_above_5), start};
  rollup::span_rollup failing;
  failing.requests = failing.errors = 100;
  const watched_app shop{"shop", start, [&](watched_window) { return failing; }};
  CHECK(judge.judge_apps({&shop, 1}, start + 59s).empty());
  CHECK(judge.judge_apps({&shop, 1}, start + 60s).size() == 1);
}

TEST_CASE("alerts: an open one of an earlier run is not raised again, and is resolved") {
  bench b{errors_above_5};
  const auto earlier = earlier_alert("high", "shop");
  CHECK(b.judge.restore({earlier}, start).empty());
  b.counted("shop", 100, 60);
  CHECK(b.after(1s).empty());
  REQUIRE(b.shown().size() == 1);
  CHECK(b.shown()[0].raised_at == earlier.raised_at);
  CHECK(b.shown()[0].message == earlier.message);
  CHECK(b.shown()[0].current == 60);
  CHECK(b.shown()[0].worst == 60); // a worse value in the earlier run is not known
  b.counted("shop", 100, 0);
  CHECK(b.after(8s).empty()); // the journal may still hold the counts for it
  const auto ended = b.after(1s);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].raised_at == earlier.raised_at);
  CHECK(ended[0].is_resolved);
  CHECK(b.after(1s).empty());
}

TEST_CASE("alerts: one of an earlier run is resolved although its app or its rule is gone") {
  bench b{errors_above_5};
  b.judge.restore({earlier_alert("high", "no such app"), earlier_alert("no such rule", "shop")}, start);
  b.counted("shop", 100, 60);
  CHECK(b.shown().size() == 2);
  CHECK(b.after(1s).size() == 1); // only shop's own
  CHECK(b.after(9s).size() == 2);
  CHECK(b.shown().size() == 3);
}

TEST_CASE("alerts: with other rules those stay open whose rule is still there, and the others are resolved") {
  bench b{"high: error_rate > 5 over 1m; busy: requests > 10 over 1m; down: database_lag_lines > 3"};
  b.counted("shop", 100, 60);
  b.counted("blog", 100, 60);
  b.database.lag_lines = 9;
  CHECK(b.after(20s).size() == 5);
  b.judge.replace_rules(bench::read(
      "high: error_rate > 50 over 1m app=shop critical; down: database_lag_lines > 5; new: requests > 99 over 1m"));
  CHECK(b.shown().size() == 5);
  std::map<std::string, int> ended;
  b.counted("shop", 100, 60);
  b.counted("blog", 90, 60);
  for (const auto& one : b.after(1s))
    ++ended[one.type + (one.is_resolved ? " ended for " : " raised for ") + one.app];
  CHECK(ended == std::map<std::string, int>{{"high ended for blog", 1},
                                            {"busy ended for shop", 1},
                                            {"busy ended for blog", 1},
                                            {"new raised for shop", 1}});
  b.database.lag_lines = 5;
  b.counted("shop", 100, 30);
  for (const auto& one : b.after(1s))
    CHECK(one.type == "high"); // below 4/5 of its new limit
  b.database.lag_lines = 0;
  CHECK(b.after(1s).size() == 1);
}

TEST_CASE("alerts: resolved ones of earlier runs are only shown") {
  bench b{errors_above_5};
  auto earlier = earlier_alert("high", "shop");
  earlier.is_resolved = true;
  earlier.resolved_at = start - 1min;
  b.judge.restore({earlier}, start);
  CHECK(b.after(10s).empty());
  earlier.current = earlier.worst = earlier.value;
  CHECK(b.shown() == std::vector<alert>{earlier});
}

TEST_CASE("alerts: one that was raised before the history came gives way to the earlier one") {
  bench b{errors_above_5};
  b.counted("shop", 100, 60);
  const auto raised = b.after(1s);
  REQUIRE(raised.size() == 1);
  const auto earlier = earlier_alert("high", "shop");
  const auto ended = b.judge.restore({earlier}, start + 2s);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].raised_at == raised[0].raised_at);
  CHECK(ended[0].is_resolved);
  REQUIRE(b.shown().size() == 1);
  CHECK(b.shown()[0].raised_at == earlier.raised_at);
  CHECK(b.after(1s).empty());
}

// For any sequence of values, alerts are raised and resolved in turn, each only for a reason.
TEST_CASE("alerts: over random walks each alert is raised once and resolved once, for a reason") {
  for (const auto* text :
       {"r: requests > 50 over 1m", "r: requests >= 50 over 1m for 3s resolve < 30",
        "r: requests < 50 over 1m for 1s", "r: requests <= 50 over 1m for 5s resolve > 80"}) {
    const auto judged = bench::read(text).front();
    std::mt19937_64 random(7);
    for (int run = 0; run < 50; ++run) {
      bench b{text};
      bool is_open = false;
      timestamp triggered_since{}; // has no meaning while the rule does not hold
      bool was_triggered = false;
      std::int64_t value = 50;
      for (int second = 0; second < 200; ++second) {
        value = std::clamp<std::int64_t>(value + static_cast<std::int64_t>(random() % 41) - 20, 0, 120);
        const bool is_silent = random() % 20 == 0;
        is_silent ? b.gone("shop") : b.counted("shop", static_cast<std::uint64_t>(value));
        const auto changed = b.after(1s);
        // A count is 0 if there are no lines.
        const auto seen = is_silent ? 0.0 : static_cast<double>(value);
        const bool is_triggered = judged.trigger.holds(seen);
        if (is_triggered && !was_triggered)
          triggered_since = b.now;
        was_triggered = is_triggered;
        const bool must_raise = !is_open && is_triggered && b.now - triggered_since >= judged.hold;
        const bool must_resolve = is_open && judged.release.holds(seen);
        REQUIRE(changed.size() == (must_raise || must_resolve ? 1 : 0));
        if (!changed.empty()) {
          CHECK(changed[0].is_resolved == must_resolve);
          is_open = must_raise;
        }
        std::size_t open = 0;
        for (const auto& one : b.shown())
          open += !one.is_resolved;
        REQUIRE(open == (is_open ? 1 : 0));
      }
    }
  }
}

TEST_CASE("alerts: apps and the database are judged apart, and neither ends an alert of the other") {
  evaluator judge{bench::read("busy: requests > 10 over 1m; lag: database_lag_lines > 10"), start};
  judge.restore({}, start - 1min);
  rollup::span_rollup busy;
  busy.requests = 100;
  const watched_app shop{"shop", start, [&](watched_window) { return busy; }};
  REQUIRE(judge.judge_apps({&shop, 1}, start).size() == 1);
  REQUIRE(judge.judge_database({.lag_lines = 100, .away_since = {}}, start).size() == 1);
  CHECK(judge.judge_database({.lag_lines = 100, .away_since = {}}, start + 1s).empty());
  CHECK(judge.judge_apps({&shop, 1}, start + 1s).empty());
  CHECK(judge.judge_apps({}, start + 2s).size() == 1); // the app is gone
  CHECK(judge.judge_database({}, start + 2s).size() == 1);
}
