// The store in memory keeps the same as the stores with a database.
#include <doctest/doctest.h>

#include "tests/support/memory_store.hpp"
#include "tests/unit/db/batches.hpp"

namespace memory_store_test {

using namespace parseflow;
using namespace std::chrono_literals;

TEST_CASE("memory store: frames count once, rollups add up, and it knows what is stored") {
  db::memory_store store;
  const std::vector<batch_ptr> batches{
      make_batch({.id = "F1"}, {app_message("x")}),
      make_batch({.id = "F1"}, {app_message("x")}),
      make_batch({.id = "F2", .received_at = test_time() + 1min},
                 {app_message("x"), router_message(plain_request)}),
      make_batch({.id = "F0", .received_at = test_time() - 1min}, {app_message("x"), app_message("y")}),
  };
  CHECK(store.write(batches).stored_here.size() == 1);
  CHECK(store.write(batches).stored_here.size() == 4);
  CHECK(store.stored_lines() == 5);
  std::vector<stored_rollup> rollups;
  CHECK(store.rollups(db::node_filter::all(), [&](stored_rollup next) { rollups.push_back(std::move(next)); })
            .code == db::outcome::done);
  REQUIRE(rollups.size() == 1);
  CHECK(rollups[0].data.lines == 5);
  CHECK(rollups[0].data.requests == 1);
  std::vector<std::string> ids;
  const std::vector<frame_key> asked{{"d.1", "F2"}, {"d.1", "none"}, {"d.1", "F0"}};
  CHECK(store.recall({.frames = asked}, {.on_stored = [&](const frame_key& key) { ids.push_back(key.id); }})
            .code == db::outcome::done);
  CHECK(ids == std::vector<std::string>{"F2", "F0"});
}

} // namespace memory_store_test
