// Nodes on separate hosts whose packets to each other, or to everybody, are dropped for a while.
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
#include "tests/support/separate_network.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

using cable = separate_network::cable;

constexpr std::size_t node_count = 3;

class partitions : public accidents {
public:
  partitions(cluster& nodes, const balancer& front, std::uint64_t seed, separate_network& network)
      : accidents(nodes, front, seed), network_(network) {}

private:
  std::function<void()> hurt(std::size_t index, bool) override {
    const bool is_alone = below(4) == 0;
    const auto length = 500ms + below(6000) * 1ms;
    note(fmt::format("{} dropped for {} ms:", is_alone ? "everything" : "packets of peers", length.count()),
         index);
    network_.unplug(index, cable::back);
    if (is_alone)
      network_.unplug(index, cable::front);
    return [=, this] {
      stay(length);
      network_.plug(index, cable::back);
      network_.plug(index, cable::front);
    };
  }

  separate_network& network_;
};

std::vector<node_plan> on_hosts(const separate_network& network) {
  auto plans = plain_nodes(node_count);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    plans[i].host = separate_network::address(i, cable::front);
    plans[i].cluster_host = separate_network::address(i, cable::back);
    plans[i].launcher = network.launcher(i);
  }
  return plans;
}

} // namespace

TEST_CASE("partition: nodes are cut off from each other, and nothing is lost or doubled") {
  separate_network network{node_count};
  if (!network.problem().empty()) {
    MESSAGE("NOT TESTED: dropped packets. " << network.problem());
    return;
  }
  const auto seed = chaos_seed();
  postgres_server server{postgres_server::disk::unsafe, separate_network::own_address(cable::front)};
  const auto url = server.create_database();
  cluster nodes{
      url, on_hosts(network), {"--http.allow-anonymous-drains=true", "--http.allow-anonymous-metrics=true"}};
  REQUIRE(nodes.wait_until_joined());
  const balancer front{nodes.backends(), seed};
  traffic_jam jam{front.port(), {.drains = 6, .pause = 40ms}};
  partitions{nodes, front, seed, network}.go_on_for(chaos_length() / 2, jam);
  REQUIRE(nodes.wait_until_joined());
  check_nothing_lost(nodes, stored::in_postgres(url), jam);
}
