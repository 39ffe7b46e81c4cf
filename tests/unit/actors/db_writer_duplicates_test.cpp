// The DB writer and frames that were stored before: by another node, or by a commit in doubt.
#include <doctest/doctest.h>

#include "tests/unit/actors/db_writer_fixture.hpp"

namespace db_writer_duplicates_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;
using db::outcome;

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: what another node has stored counts as stored and is subtracted, once") {
  start();
  script->elsewhere = {"B", "D"};
  script->writes = {outcome::retry};
  take(1, "A", 3);
  take(2, "B", 5);
  advance(200ms);
  CHECK(heard->elsewhere.empty());
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"B"});
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2});
  CHECK(heard->statuses.back().stored_lines == 8);
  script->poison = {"C"};
  take(3, "C");
  take(4, "D");
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"B", "D"});
  CHECK(heard->committed.size() == 4);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: a frame that was stored before its first try is subtracted, and counted") {
  start();
  take(1, "A", 3);
  advance(200ms);
  take(2, "A", 3); // a retry that the receiver has forgotten
  take(3, "B");
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"A"});
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(status().duplicates == 1);
  // The same after a try that certainly stored nothing.
  script->writes = {outcome::retry};
  take(4, "B");
  advance(200ms);
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"A", "B"});
  CHECK(status().duplicates == 2);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: a frame whose commit was in doubt is not subtracted") {
  start();
  script->writes = {outcome::in_doubt};
  script->commits_in_doubt = true;
  take(1, "A");
  advance(200ms);
  CHECK(heard->committed.empty());
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1});
  CHECK(heard->elsewhere.empty());
  CHECK(status().duplicates == 0);
  take(2, "A"); // a later retry of it is subtracted
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"A"});
  CHECK(status().duplicates == 1);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: a doubt outlives tries that fail otherwise") {
  start();
  script->writes = {outcome::in_doubt, outcome::retry};
  script->commits_in_doubt = true;
  take(1, "A");
  for (int i = 0; i < 5; ++i)
    advance(400ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1});
  CHECK(heard->elsewhere.empty());
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: what another node stored while the own commit was in doubt is subtracted") {
  start();
  script->writes = {outcome::in_doubt};
  take(1, "A");
  advance(200ms);
  script->elsewhere = {"A"};
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"A"});
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: a commit of an earlier run that lands late is not subtracted") {
  heard->unstored = {{"d.1", "A"}};
  start();
  REQUIRE(heard->frames.empty());
  script->stored = {"A"}; // released by a synchronous standby, after the earlier run was killed
  take(1, "A");           // parsed again from the journal
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1});
  CHECK(heard->elsewhere.empty());
  CHECK(status().duplicates == 0);
}

} // namespace db_writer_duplicates_test
