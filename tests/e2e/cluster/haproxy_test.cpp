// The real balancer with the configuration that deploy/ has, before nodes that die or have no room: it costs
// no sender its batch.
#include <doctest/doctest.h>

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/cluster/haproxy.hpp"
#include "tests/e2e/cluster/nothing_lost.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/traffic_jam.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

struct fixture {
  explicit fixture(std::vector<std::string> arguments = {})
      : nodes{url, plain_nodes(3), std::move(arguments)} {
    REQUIRE(nodes.wait_until_joined());
    front = std::make_unique<haproxy>(nodes);
    jam = std::make_unique<traffic_jam>(
        front->port(), jam_options{.drains = 6, .pause = 20ms, .authority = front->authority()});
    REQUIRE(jam->wait_for_each());
  }

  bool wait_until_live(std::size_t index, bool wanted) {
    return eventually([&] { return front->is_live(nodes.name(index)) == wanted; });
  }

  void check_end() {
    INFO(front->complaints());
    check_nothing_lost(nodes, stored::in_postgres(url), *jam);
  }

  postgres_server server;
  std::string url = server.create_database();
  cluster nodes;
  std::unique_ptr<haproxy> front;
  std::unique_ptr<traffic_jam> jam;
};

struct small_journals : fixture {
  small_journals() : fixture({"--journal.segment-bytes=65536", "--journal.quota-bytes=262144"}) {}
};

} // namespace

TEST_CASE_FIXTURE(fixture, "haproxy: nodes are killed, frozen and stopped one after the other") {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    CAPTURE(nodes.name(i));
    nodes.kill(i);
    CHECK(wait_until_live(i, false));
    REQUIRE(jam->wait_for_each());
    nodes.start(i);
    REQUIRE(wait_until_live(i, true));
    nodes.freeze(i);
    CHECK(wait_until_live(i, false));
    REQUIRE(jam->wait_for_each());
    nodes.thaw(i);
    REQUIRE(wait_until_live(i, true));
    check_stops(nodes, i);
    REQUIRE(jam->wait_for_each());
    nodes.start(i);
    REQUIRE(wait_until_live(i, true));
    REQUIRE(nodes.wait_until_joined());
  }
  check_end();
}

TEST_CASE_FIXTURE(fixture, "haproxy: without a node, senders find no connection and keep their batches") {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes.kill(i);
    CHECK(wait_until_live(i, false));
  }
  CHECK(jam->wait_for_failed_connects(5));
  for (std::size_t i = 0; i < nodes.size(); ++i)
    nodes.start(i);
  REQUIRE(nodes.wait_until_joined());
  REQUIRE(jam->wait_for_each());
  check_end();
}

TEST_CASE_FIXTURE(small_journals, "haproxy: without room anywhere, senders keep their batches") {
  server.stop();
  CHECK(jam->wait_for_failed_connects(5));
  server.start();
  REQUIRE(jam->wait_for_each());
  check_end();
}
