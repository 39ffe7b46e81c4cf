// Tails in a cluster: any node shows the lines of all, says which nodes are missing, and shows what they had.
#include <set>

#include <doctest/doctest.h>

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/event_stream.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using nlohmann::json;

namespace {

// Reads on until as many different lines were seen.
void read_lines(event_stream& from, std::set<std::string>& seen, std::size_t count) {
  while (seen.size() < count) {
    const auto line = from.next();
    REQUIRE(line.is_object());
    seen.insert(line["text"].get<std::string>());
  }
}

// Reads on until the stream says that these nodes are missing.
void read_nodes(event_stream& from, std::set<std::string>& seen, const json& missing) {
  for (;;) {
    const auto next = from.next_event();
    REQUIRE(next);
    if (next->name == "nodes" && next->data["missing"] == missing)
      return;
    if (next->name == "message")
      seen.insert(next->data["text"].get<std::string>());
  }
}

} // namespace

TEST_CASE("cluster tail: any node shows the lines of all, also while one is away and when it is back") {
  postgres_server server;
  cluster nodes{server.create_database(), plain_nodes(3), {"--cluster.peer-timeout=2s"}};
  REQUIRE(nodes.wait_until_joined());
  // Each body goes to the node that it belongs to: many bodies go to all.
  const auto post = [&](int from, std::size_t at) {
    for (int i = 0; i < 60; ++i)
      post_numbers(nodes.node(at), from + i, from + i + 1);
  };
  post(0, 0);
  event_stream all{nodes.node(0), "?lines=1000"}, none{nodes.node(0), "?q=absent"};
  event_stream other{nodes.node(2), "?lines=10"};
  std::set<std::string> seen, seen_there;
  read_lines(all, seen, 60);
  post(60, 1);
  read_lines(all, seen, 120);
  read_lines(other, seen_there, 70);

  nodes.kill(1);
  read_nodes(all, seen, json::array({"b"}));
  post(120, 0);
  read_lines(all, seen, 180);
  nodes.start(1);
  read_nodes(all, seen, json::array());
  REQUIRE(nodes.wait_until_joined());
  post(180, 1);
  read_lines(all, seen, 240);
  read_lines(other, seen_there, 190);
  CHECK(nodes.stop(0) == 0);
  CHECK(none.next().is_null());
}
