// Three nodes behind a balancer, senders like Logplex's, and accidents in random order: while one node is
// alive, no sender loses a body, and every line is stored once and counted once.
#include <functional>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/e2e/cluster/accidents.hpp"
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

class chaos : public accidents {
public:
  using accidents::accidents;

private:
  std::function<void()> hurt(std::size_t index, bool is_only_one) override {
    switch (below(is_only_one ? 4 : 3)) {
    case 0:
      note("kill", index);
      nodes().kill(index);
      return start_after(index, below(1500) * 1ms);
    case 1:
      note("stop", index);
      check_stops(nodes(), index);
      return start_after(index, below(1500) * 1ms);
    case 2: {
      // From a length that no node need notice to twice the length after which a node counts as down.
      const auto length = 1000ms + below(5000) * 1ms;
      note(fmt::format("freeze for {} ms", length.count()), index);
      nodes().freeze(index);
      return [this, index, length] {
        stay(length);
        nodes().thaw(index);
      };
    }
    default:
      // Killed again while it reads what its journal holds.
      note("kill twice", index);
      nodes().kill(index);
      nodes().start(index);
      nodes().kill(index);
      return start_after(index, below(500) * 1ms);
    }
  }

  std::function<void()> start_after(std::size_t index, std::chrono::milliseconds length) {
    return [this, index, length] {
      stay(length);
      nodes().start(index);
    };
  }
};

} // namespace

TEST_CASE("chaos: nodes are killed, frozen and restarted, and nothing is lost or doubled") {
  const auto seed = chaos_seed();
  postgres_server server;
  const auto url = server.create_database();
  cluster nodes{url, plain_nodes(3)};
  REQUIRE(nodes.wait_until_joined());
  const balancer front{nodes.backends(), seed};
  traffic_jam jam{front.port(), {.drains = 6, .pause = 40ms}};
  chaos{nodes, front, seed}.go_on_for(chaos_length(), jam);
  REQUIRE(nodes.wait_until_joined());
  check_nothing_lost(nodes, stored::in_postgres(url), jam);
}
