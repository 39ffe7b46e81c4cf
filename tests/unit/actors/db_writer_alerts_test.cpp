// The DB writer stores alerts, after the lines and never at their cost.
#include <doctest/doctest.h>

#include "tests/support/problem_in.hpp"
#include "tests/unit/actors/db_writer_fixture.hpp"

namespace db_writer_alerts_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;
using db::outcome;

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: an alert is stored at once, or with the lines that wait already") {
  start();
  take(some_alert("a"));
  REQUIRE(script->alerts.size() == 1);
  CHECK(script->alerts[0] == std::vector<alert>{some_alert("a")});
  take(1, "A");
  take(some_alert("b"));
  CHECK(script->alerts.size() == 1);
  advance(200ms);
  CHECK(script->transactions.size() == 1);
  REQUIRE(script->alerts.size() == 2);
  CHECK(script->alerts[1] == std::vector<alert>{some_alert("b")});
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: alerts wait for a database that is away, also without lines") {
  start();
  script->alert_writes = {outcome::retry, outcome::in_doubt};
  take(some_alert("a"));
  take(some_alert("b"));
  CHECK(script->alerts.empty());
  CHECK_FALSE(status().is_connected);
  advance(100ms);
  advance(200ms);
  REQUIRE(script->alerts.size() == 1);
  CHECK(script->alerts[0] == std::vector<alert>{some_alert("a"), some_alert("b")});
  CHECK(status().is_connected);
  CHECK(problem_in(status().last_error) == "");
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: alerts that the database refuses are given up and hold up no lines") {
  start();
  script->alert_writes = {outcome::rejected};
  take(some_alert("a"));
  take(1, "A");
  advance(200ms);
  CHECK(script->alerts.empty());
  CHECK(heard->committed == std::vector<std::uint64_t>{1});
  take(some_alert("b"));
  CHECK(script->alerts.size() == 1);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: alerts that come before the database is known wait for it") {
  script->opens = {outcome::retry};
  start();
  take(some_alert("a"));
  CHECK(script->alerts.empty());
  advance(100ms);
  CHECK(script->alerts.size() == 1);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: of alerts beyond the bound the oldest are not stored") {
  script->opens = {outcome::retry};
  start();
  for (std::size_t i = 0; i <= db_writer::max_pending_alerts; ++i)
    caf::anon_send(box, some_alert(std::to_string(i)));
  run();
  advance(100ms);
  REQUIRE(script->alerts.size() == 1);
  CHECK(script->alerts[0].size() == db_writer::max_pending_alerts);
  CHECK(script->alerts[0].front().type == "1");
}

} // namespace db_writer_alerts_test
