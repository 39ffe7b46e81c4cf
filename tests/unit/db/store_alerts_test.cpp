// Alerts in every store: raised, resolved, and read again.
#include "tests/support/memory_store.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace store_alerts_test {

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

alert raised(const std::string& type, const std::string& app, std::chrono::microseconds after) {
  return {type,  app, "critical", "12.5 % of 80 requests of " + app + " failed", 12.5, test_time() + after,
          false, {}};
}

alert resolved(alert one, std::chrono::microseconds after) {
  one.is_resolved = true;
  one.resolved_at = test_time() + after;
  return one;
}

std::vector<alert> alerts_of(db::store& store, std::chrono::microseconds since = 0s) {
  std::vector<alert> all;
  CHECK_DONE(store.recall({.alerts_since = test_time() + since},
                          {.on_alert = [&](alert next) { all.push_back(std::move(next)); }}));
  return all;
}

} // namespace

STORE_TEST("store: an alert is one row, which its end completes") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const auto first = raised("high_error_rate", "shop", 1us), second = raised("dyno_crash", "", 2us);
  CHECK_DONE(store->write_alerts(std::vector{first, second}));
  CHECK(alerts_of(*store) == std::vector{first, second});
  const auto ended = resolved(first, 90s);
  CHECK_DONE(store->write_alerts(std::vector{ended}));
  CHECK_DONE(store->write_alerts(std::vector{ended})); // as after a commit in doubt, it is written again
  CHECK(alerts_of(*store) == std::vector{ended, second});
  const auto rows = site.query("SELECT node, type, app, severity, message, " + site.micros("raised_at") +
                               ", " + site.micros("resolved_at") + " FROM alert ORDER BY raised_at");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == std::vector<std::string>{"main", "high_error_rate", "shop", "critical", ended.message,
                                            micros_text(test_time() + 1us), micros_text(test_time() + 90s)});
  CHECK(rows[1].back() == "NULL");
  CHECK(value(site, "SELECT count(*) FROM alert WHERE value = 12.5") == "2");
}

STORE_TEST("store: open alerts are read whenever they were raised, resolved ones since a moment") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const auto open = raised("a", "shop", -240h), old = resolved(raised("b", "shop", 1s), 10s),
             late = resolved(raised("b", "shop", 20s), 30s);
  CHECK_DONE(store->write_alerts(std::vector{late, old, open}));
  CHECK(alerts_of(*store, 30s) == std::vector{open, late});
  CHECK(alerts_of(*store, 31s) == std::vector{open});
}

STORE_TEST("store: a node reads its own alerts only") {
  site_type site;
  auto one = site.make_store("one"), two = site.make_store("two");
  CHECK_DONE(one->open());
  CHECK_DONE(two->open());
  CHECK_DONE(one->write_alerts(std::vector{raised("a", "shop", 1s)}));
  CHECK_DONE(two->write_alerts(std::vector{resolved(raised("a", "shop", 1s), 2s)}));
  CHECK_FALSE(alerts_of(*one).at(0).is_resolved);
  CHECK(alerts_of(*two).at(0).is_resolved);
}

STORE_TEST("store: alerts hold any bytes of an app's name") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const std::string name{"a\0b\xff'\\ \xE2\x98\x95", 11};
  CHECK_DONE(store->write_alerts(std::vector{raised("a", name, 1s)}));
  REQUIRE(alerts_of(*store).size() == 1);
  CHECK(alerts_of(*store)[0].app == name);
  CHECK(alerts_of(*store)[0].message.find("12.5 % of 80 requests of a\xEF\xBF\xBD") == 0);
}

TEST_CASE("memory store: alerts are kept as in the others") {
  db::memory_store store;
  const auto open = raised("a", "shop", -240h), old = resolved(raised("b", "shop", 1s), 10s);
  CHECK_DONE(store.write_alerts(std::vector{raised("b", "shop", 1s), open}));
  CHECK_DONE(store.write_alerts(std::vector{old}));
  CHECK(alerts_of(store, 10s) == std::vector{open, old});
  CHECK(alerts_of(store, 11s) == std::vector{open});
}

} // namespace store_alerts_test
