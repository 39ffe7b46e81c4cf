// The real balancer with the configuration in deploy/, in front of nodes that die or have no room: no sender
// loses a batch.
#include <string>

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

const std::vector<std::string> small_journal{"--journal.segment-bytes=65536", "--journal.quota-bytes=262144",
                                             "--http.max-body-bytes=60000"};

std::vector<node_plan> plans(std::size_t with_small_journal) {
  auto result = plain_nodes(3);
  for (std::size_t i = 0; i < with_small_journal; ++i)
    result[i].arguments = small_journal;
  return result;
}

struct fixture {
  explicit fixture(std::size_t with_small_journal = 0) : nodes{url, plans(with_small_journal)} {
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

struct one_small_journal : fixture {
  one_small_journal() : fixture(1) {}
};

struct small_journals : fixture {
  small_journals() : fixture(3) {}
};

} // namespace

TEST_CASE_FIXTURE(fixture, "haproxy: nodes are killed, frozen and stopped one after the other") {
  nodes.kill(0);
  CHECK(wait_until_live(0, false));
  REQUIRE(jam->wait_for_each());
  nodes.start(0);
  REQUIRE(wait_until_live(0, true));

  nodes.freeze(1);
  CHECK(wait_until_live(1, false));
  REQUIRE(jam->wait_for_each());
  nodes.thaw(1);
  REQUIRE(wait_until_live(1, true));

  check_stops(nodes, 2);
  CHECK(wait_until_live(2, false));
  REQUIRE(jam->wait_for_each());
  nodes.start(2);
  REQUIRE(wait_until_live(2, true));
  check_end();
}

TEST_CASE_FIXTURE(fixture, "haproxy: without a node, senders find no connection and keep their batches") {
  // Each batch meets the end of one node: the ends of three nodes would use up its three tries.
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    REQUIRE(jam->wait_for_each());
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

TEST_CASE_FIXTURE(one_small_journal, "haproxy: a node without room costs no sender its batch") {
  server.stop();
  REQUIRE(wait_until_live(0, false));
  for (int i = 0; i < 5; ++i)
    REQUIRE(jam->wait_for_each());
  CHECK_FALSE(front->is_live("a"));
  server.start();
  REQUIRE(wait_until_live(0, true));
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
