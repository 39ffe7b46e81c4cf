// The archive with a scripted store.
#include <doctest/doctest.h>

#include "actors/cluster/archive.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/still_system.hpp"

namespace archive_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using db::outcome;

namespace {

struct fixture : still_system {
  std::shared_ptr<store_script> script = std::make_shared<store_script>();
  archive_actor box = system.spawn<boxed<archive>>(std::make_unique<scripted_store>(script));

  ~fixture() { stop(box); }

  archived_counts read(std::vector<std::string> live) {
    return ask<archived_counts>(box, archive_query{std::move(live)});
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "archive: gives what the nodes counted that are not live, node by node") {
  const minute at{std::chrono::minutes{29'541'007}};
  rollup::minute_rollup line;
  line.lines = 1;
  script->earlier_rollups = {{"shop", at, line, "c"}, {"shop", at, line, "b"}, {"blog", at, line, "c"}};
  const auto found = read({"a"});
  CHECK(script->asked_nodes.names == std::vector<std::string>{"a"});
  CHECK(script->asked_nodes.is_except);
  REQUIRE(found.nodes.size() == 2);
  CHECK(found.nodes[0].node == "b");
  CHECK(found.nodes[0].counts->all("").lines == 1);
  CHECK(found.nodes[1].node == "c");
  CHECK(found.nodes[1].counts->all("").lines == 2);
  CHECK(found.nodes[1].counts->all("blog").lines == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "archive: says when the database is away, and tries again with the next question") {
  script->opens = {outcome::retry, outcome::done, outcome::done};
  script->recalls = {outcome::retry, outcome::done};
  CHECK_THROWS_WITH(read({}), "store_away: as the test says");
  CHECK_THROWS_WITH(read({}), "store_away: as the test says");
  CHECK(read({}).nodes.empty());
}

TEST_CASE_FIXTURE(fixture, "archive: a database that can never be used is recognized") {
  script->opens = {outcome::rejected};
  CHECK_THROWS_WITH(read({}), "store_unusable: as the test says");
}

TEST_CASE_FIXTURE(fixture, "archive: does without rollups that cannot be read") {
  script->unreadable_rollups = 1;
  script->earlier_rollups = {{"shop", {}, {}, "b"}};
  CHECK(read({}).nodes.size() == 1);
}

} // namespace archive_test
