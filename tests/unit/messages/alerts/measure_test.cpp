// The values of rules, and the sentences about them.
#include <doctest/doctest.h>

#include "messages/alerts/measure.hpp"
#include "messages/alerts/parse_rules.hpp"
#include "messages/alerts/sentence.hpp"
#include "messages/rollup/metric_value.hpp"
#include "tests/support/problem_in.hpp"

using namespace parseflow;
using namespace parseflow::alerts;
using namespace std::chrono_literals;

namespace {

const timestamp now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 30s;

rule rule_of(std::string_view text) {
  auto parsed = parse_rules(text);
  REQUIRE(problem_in(parsed) == "");
  return parsed->front();
}

struct fixture {
  rollup::timeline counted;
  timestamp heard = now, listening_since = now - 48h;

  void add(std::chrono::minutes ago, const rollup::minute_rollup& data) {
    counted.add(minute_of(now) - ago, data, minute_of(now));
  }
  measured of(std::string_view text) {
    const watched_app app{"shop", heard,
                          [this](watched_window window) { return sum_of(counted, window, now); }};
    return app_measure{app, listening_since, now}.of(rule_of(text));
  }
  std::string said(std::string_view text) { return sentence(rule_of(text), "shop", of(text)); }
};

rollup::minute_rollup traffic(std::uint64_t requests, std::uint64_t errors, std::int64_t service_ms = 10) {
  rollup::minute_rollup r;
  r.requests = r.lines = requests;
  r.errors = errors;
  for (std::uint64_t i = 0; i < requests; ++i)
    r.service.add(service_ms);
  return r;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "measure: a window is the minutes that overlap it, each rule's its own") {
  add(0min, traffic(1, 0));
  add(1min, traffic(2, 0));
  add(5min, traffic(4, 0));
  add(6min, traffic(8, 0));
  CHECK(of("a: requests > 0 over 1m").value == 3);
  CHECK(of("a: requests > 0 over 5m").value == 7);
  CHECK(of("a: requests > 0 over 60m").value == 15);
}

TEST_CASE_FIXTURE(fixture, "measure: without requests there is no rate, and too few raise nothing") {
  CHECK_FALSE(of("a: error_rate > 5").value);
  CHECK_FALSE(of("a: p95_ms > 5").value);
  add(0min, traffic(19, 19));
  CHECK(of("a: error_rate > 5 min_requests 20").value == 100);
  CHECK_FALSE(of("a: error_rate > 5 min_requests 20").can_raise);
  CHECK(of("a: error_rate > 5 min_requests 19").can_raise);
}

TEST_CASE_FIXTURE(fixture, "measure: codes are counted by name, and 0 is a count") {
  auto failing = traffic(9, 9);
  failing.error_codes = {{"H12", 7}, {"R14", 2}};
  add(1min, failing);
  CHECK(of("a: code:H12 > 0").value == 7);
  CHECK(of("a: code:R14 > 0").value == 2);
  CHECK(of("a: code:H13 > 0").value == 0);
}

TEST_CASE_FIXTURE(fixture, "measure: every metric of the rollups is there, names of endpoints left out") {
  auto data = traffic(4, 1, 300);
  data.platform.dynos["web.1"].crashes = 3;
  data.platform.dynos["web.1"].memory_total_mb = {1, now, 512, 600};
  data.platform.dropped_by_sender = 317;
  add(2min, data);
  for (const auto name : rollup::metric_names()) {
    const auto found = of("a: " + std::string{name} + " > 0");
    CHECK_MESSAGE(found.value == rollup::metric_value(
                                     name, counted.between(minute_of(now) - 5min, minute_of(now)), 5min),
                  std::string{name});
  }
  CHECK(of("a: dyno_crashes > 0").value == 3);
}

TEST_CASE_FIXTURE(fixture, "measure: what a name stands for is judged by its own metric") {
  auto data = traffic(4, 0);
  data.dynos["web.1"].count = 3;
  data.custom.counts["signups"].sum.add(12);
  add(2min, data);
  CHECK(of("a: dyno_requests:web.1 > 0").value == 3);
  CHECK(of("a: custom:signups > 0").value == 12);
}

TEST_CASE_FIXTURE(fixture, "measure: silence lasts from the last line, for a day") {
  heard = now - 31min - 59s;
  CHECK(of("a: silent_minutes >= 30").value == 31);
  CHECK(of("a: silent_minutes >= 30").can_raise);
  heard = now - 24h;
  CHECK(of("a: silent_minutes >= 30").value == 1440);
  heard = now - 24h - 1s;
  CHECK_FALSE(of("a: silent_minutes >= 30").value);
  heard = now + 5min; // the clock was set back
  CHECK(of("a: silent_minutes >= 30").value == 0);
}

TEST_CASE_FIXTURE(fixture, "measure: a silence that this process did not wait for itself is not raised") {
  heard = now - 2h;
  listening_since = now - 29min;
  CHECK(of("a: silent_minutes >= 30").value == 120);
  CHECK_FALSE(of("a: silent_minutes >= 30").can_raise);
  listening_since = now - 30min;
  CHECK(of("a: silent_minutes >= 30").can_raise);
}

TEST_CASE("measure: the database's numbers are those of the moment") {
  const auto lag = rule_of("a: database_lag_lines > 5"), away = rule_of("a: database_away_minutes > 5");
  const watched_database bad{1234, now - 150s};
  CHECK(measure(lag, bad, now).value == 1234);
  CHECK(measure(away, bad, now).value == 2);
  CHECK(measure(away, {}, now).value == 0);
}

TEST_CASE_FIXTURE(fixture, "sentence: value, unit, app, span and limit") {
  auto data = traffic(80, 5, 1001);
  data.failures = 2;
  data.error_codes = {{"H12", 14}};
  data.platform.dynos["web.1"].crashes = 3;
  data.platform.dynos["web.1"].memory_total_mb = {1, now, 512, 600.25};
  data.platform.dropped_by_sender = 317;
  add(0min, data);
  heard = now - 31min;
  CHECK(said("a: failure_rate > 1") == "2.5 % of 80 requests of shop in 5 min failed (limit 1 %)");
  CHECK(said("a: error_rate > 5") ==
        "6.2 % of 80 requests of shop in 5 min were errors, 4xx among them (limit 5 %)");
  CHECK(said("a: p95_ms > 1000 over 10m") ==
        "The 95th percentile of the response times of 80 requests of shop in "
        "10 min is 1,001 ms (limit 1,000 ms)");
  CHECK(said("a: code:H12 >= 10") == "14 times H12 (request timeout) of shop in 5 min (limit 10)");
  CHECK(said("a: dyno_crashes > 0") == "3 dyno crashes of shop in 5 min (limit 0)");
  CHECK(said("a: dropped_by_sender > 0") ==
        "317 lines of shop in 5 min never arrived: the sender dropped them (limit 0)");
  CHECK(said("a: silent_minutes >= 30") == "No line of shop for 31 min (limit 30 min)");
  CHECK(said("a: dyno_memory_max_mb > 512") ==
        "dyno_memory_max_mb of shop in 5 min is 600.2 MB (limit 512 MB)");
  CHECK(said("a: success_rate < 99.5") == "success_rate of shop in 5 min is 93.8 % (limit 99.5 %)");
  CHECK(said("a: requests < 100") == "requests of shop in 5 min is 80 (limit 100)");
  const watched_database bad{1'200'000, now - 150s};
  const auto lag = rule_of("a: database_lag_lines > 1000000"),
             away = rule_of("a: database_away_minutes >= 2");
  CHECK(sentence(lag, "", measure(lag, bad, now)) ==
        "1,200,000 lines are not in the database yet (limit 1,000,000)");
  CHECK(sentence(away, "", measure(away, bad, now)) ==
        "The database has taken nothing for 2 min (limit 2 min)");
}

TEST_CASE_FIXTURE(fixture, "sentence: one is one, and codes say what they mean") {
  auto data = traffic(1, 1);
  data.failures = 1;
  data.error_codes = {{"H27", 1}, {"R14", 1}, {"H98", 1}};
  data.platform.dynos["web.1"].crashes = 1;
  data.platform.dropped_by_sender = 1;
  add(0min, data);
  CHECK(said("a: failure_rate > 5") == "100 % of 1 request of shop in 5 min failed (limit 5 %)");
  CHECK(said("a: dyno_crashes > 0") == "1 dyno crash of shop in 5 min (limit 0)");
  CHECK(said("a: code:H27 > 0") == "1 time H27 (client broke off its request) of shop in 5 min (limit 0)");
  CHECK(said("a: code:R14 > 0") == "1 time R14 (memory quota exceeded) of shop in 5 min (limit 0)");
  CHECK(said("a: code:H98 > 0") == "1 time H98 of shop in 5 min (limit 0)");
  CHECK(said("a: dropped_by_sender > 0") ==
        "1 line of shop in 5 min never arrived: the sender dropped it (limit 0)");
}

TEST_CASE_FIXTURE(fixture, "sentence: as many digits as tell the value from its limit, and commas") {
  auto data = traffic(0, 0);
  data.requests = 48'110;
  data.failures = 2'415;
  data.errors = 2'406;
  add(0min, data);
  CHECK(said("a: failure_rate > 5") == "5.02 % of 48,110 requests of shop in 5 min failed (limit 5 %)");
  CHECK(said("a: error_rate > 5") ==
        "5.001 % of 48,110 requests of shop in 5 min were errors, 4xx among them (limit 5 %)");
  CHECK(said("a: requests >= 48110") == "requests of shop in 5 min is 48,110 (limit 48,110)");
}

TEST_CASE_FIXTURE(fixture, "measure: a scanner's 404s raise no default alert, broken answers do") {
  auto scanned = traffic(30, 30);
  scanned.by_status_class[4] = 30;
  add(0min, scanned);
  const auto failures = parse_rules("").value().front();
  CHECK(failures.name == "high_error_rate");
  CHECK(failures.metric == "failure_rate");
  const watched_app app{"shop", heard,
                        [this](watched_window window) { return sum_of(counted, window, now); }};
  CHECK_FALSE(failures.trigger.holds(*app_measure{app, listening_since, now}.of(failures).value));
  auto broken = traffic(30, 30); // H18 with status 200
  broken.failures = 30;
  add(1min, broken);
  CHECK(failures.trigger.holds(*app_measure{app, listening_since, now}.of(failures).value));
}

TEST_CASE("windows: those that rules look at, once, as much of them as the rules need") {
  const auto rules =
      parse_rules("a: requests > 0 over 5m; b: error_rate > 0 over 5m; c: dyno_p95_ms:web.1 > 0 over 5m; "
                  "d: code:H12 > 0 over 60m; e: silent_minutes > 1; f: database_lag_lines > 1")
          .value();
  REQUIRE(rules.size() == 6);
  using rollup::extent;
  CHECK(windows_of(rules) == std::vector<watched_window>{{5min, extent::all},
                                                         {5min, extent::without_names},
                                                         {60min, extent::without_names}});
  CHECK(windows_of({}).empty());
}
