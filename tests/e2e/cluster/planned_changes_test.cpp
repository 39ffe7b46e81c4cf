// What an operator does to a cluster under traffic: it loses or doubles no body.
#include <doctest/doctest.h>

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/cluster/nothing_lost.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/traffic_jam.hpp"
#include "tests/support/balancer.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

const jam_options brisk{.drains = 6, .pause = 20ms};

// Restarts the nodes in turn, as a runbook says: each after the one before is back.
void restart_all(cluster& nodes, const balancer& front, const traffic_jam& jam) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes.runs(i))
      continue;
    CAPTURE(nodes.name(i));
    check_stops(nodes, i);
    REQUIRE(jam.wait_for_each());
    nodes.start(i);
    REQUIRE(eventually([&] { return front.is_live(i); }));
    REQUIRE(jam.wait_for_each());
  }
  REQUIRE(nodes.wait_until_joined());
}

} // namespace

TEST_CASE("planned changes: all nodes are restarted one after the other") {
  postgres_server server;
  const auto url = server.create_database();
  cluster nodes{url, plain_nodes(3)};
  REQUIRE(nodes.wait_until_joined());
  const balancer front{nodes.backends(), 1};
  traffic_jam jam{front.port(), brisk};
  REQUIRE(jam.wait_for_each());
  restart_all(nodes, front, jam);
  restart_all(nodes, front, jam);
  check_nothing_lost(nodes, stored::in_postgres(url), jam);
}

TEST_CASE("planned changes: a node is added, and another one is emptied and removed") {
  postgres_server server;
  const auto url = server.create_database();
  cluster nodes{url, plain_nodes(3)};
  REQUIRE(nodes.wait_until_joined());
  balancer front{nodes.backends(), 1};
  traffic_jam jam{front.port(), brisk};
  REQUIRE(jam.wait_for_each());

  const auto added = nodes.add({.name = "d"});
  front.add(nodes.backend(added));
  REQUIRE(eventually([&] { return front.is_live(added); }));
  REQUIRE(jam.wait_for_each());
  restart_all(nodes, front, jam); // so that they know its address
  CHECK(nodes.metrics(added).at("cluster").at("answered") == std::vector<std::string>{"a", "b", "c", "d"});

  // The database is down, so that the journal of the removed node still holds lines when it stops.
  constexpr std::size_t removed = 1;
  server.stop();
  REQUIRE(jam.wait_for_each());
  check_stops(nodes, removed);
  REQUIRE(jam.wait_for_each());
  server.start();
  CHECK(nodes.node(removed).run("replay") == 0);
  nodes.forget(removed);
  restart_all(nodes, front, jam);
  CHECK(nodes.metrics(added).at("cluster").at("missing").empty());
  check_nothing_lost(nodes, stored::in_postgres(url), jam);
}
