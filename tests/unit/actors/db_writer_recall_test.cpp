// The DB writer reads what earlier runs left, and after an outage what the database still has.
#include <doctest/doctest.h>

#include "tests/unit/actors/db_writer_fixture.hpp"

namespace db_writer_recall_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;
using db::outcome;

namespace {

stored_rollup one_line() {
  stored_rollup result;
  result.data.lines = 1;
  return result;
}

} // namespace

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: reports which frames the database has, and what it counted") {
  heard->unstored = {{"d", "open"}, {"d", "stored"}, {"d", "other"}, {"d", "too"}};
  script->stored = {"stored", "too"};
  script->earlier_rollups = std::vector<stored_rollup>(3, one_line());
  script->unreadable_rollups = 1; // skipped
  start();
  CHECK(heard->complete);
  CHECK(heard->frames == std::vector<frame_key>{{"d", "stored"}, {"d", "too"}});
  CHECK(heard->restored_lines == 3);
  CHECK(status().is_connected);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: restores what all nodes counted, or what it is asked to") {
  start();
  CHECK(script->asked_nodes.names.empty());
  CHECK(script->asked_nodes.is_except);
  stop(box);
  box = system.spawn<boxed<db_writer>>(std::make_unique<scripted_store>(script), settings, receiver,
                                       aggregator, judge, db::node_filter::only("a"));
  run();
  CHECK(script->asked_nodes.names == std::vector<std::string>{"a"});
  CHECK_FALSE(script->asked_nodes.is_except);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: earlier state that cannot be read yet is asked for again") {
  script->recalls = {outcome::retry};
  start();
  CHECK_FALSE(heard->complete);
  advance(100ms);
  CHECK(heard->complete);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: reports which alerts earlier runs left, after what they counted") {
  script->earlier_rollups = std::vector<stored_rollup>(3, one_line());
  script->earlier_alerts = {some_alert("a"), some_alert("b")};
  start();
  CHECK(heard->alerts == script->earlier_alerts);
  CHECK(heard->counts_came_first);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: a database that was away and has all is written to at once") {
  start();
  heard->kept = {{"d.1", "unknown"}}; // it would be reported missing if the database were asked
  take(1, "A");
  advance(200ms);
  script->writes = {outcome::retry};
  take(2, "B");
  advance(200ms);
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2});
  CHECK(heard->missing.empty());
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: what a database lacks after a failover is stored again, and not subtracted") {
  start();
  for (std::uint64_t i = 1; i <= 4; ++i) {
    take(i, std::to_string(i));
    advance(200ms);
  }
  heard->kept = {{"d.1", "2"}, {"d.1", "3"}, {"d.1", "4"}};
  script->transactions = {{"1"}, {"2"}}; // a standby that lagged
  script->writes = {outcome::retry};
  script->recalls = {outcome::retry, outcome::done, outcome::retry}; // and does not work well at first
  take(5, "5");
  for (int i = 0; i < 10; ++i)
    advance(1s);
  REQUIRE(heard->missing.size() >= 2);
  CHECK(heard->missing[heard->missing.size() - 2] == "3");
  CHECK(heard->missing.back() == "4");
  CHECK(script->transactions.back() == std::vector<std::string>{"5"});
  take(6, "3");                          // the receiver has read it again, for the database only
  script->transactions.push_back({"4"}); // only that server lacked it
  take(7, "4");
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7});
  CHECK(heard->elsewhere.empty());
  CHECK(status().duplicates == 0);
}

} // namespace db_writer_recall_test
