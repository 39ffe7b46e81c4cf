// Three nodes behind a balancer, senders as Logplex's, and accidents in random order: as long as one node
// lives, no sender loses a body, and every line is stored once and counted once.
//
// PARSEFLOW_CHAOS_SECONDS makes it longer, PARSEFLOW_CHAOS_SEED repeats an order of accidents.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/traffic_jam.hpp"
#include "tests/support/balancer.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t usual_seconds = 20;
#else
constexpr std::uint64_t usual_seconds = 60;
#endif

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

// Accidents of one cluster. Between two of them every body that was under way is settled: so that a body
// meets one only, and what is lost is the cluster's fault.
class chaos {
public:
  chaos(cluster& nodes, const balancer& front, std::uint64_t seed)
      : nodes_(nodes), front_(front), random_(seed) {}

  // One or two nodes at a time; at least one is left alone.
  void one_accident() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      order.push_back(i);
    std::shuffle(order.begin(), order.end(), random_);
    order.resize(below(4) == 0 ? 2 : 1);
    std::vector<std::function<void()>> repairs;
    for (const auto index : order) {
      repairs.push_back(hurt(index));
      stay(below(300) * 1ms);
    }
    for (const auto& repair : repairs)
      repair();
    for (const auto index : order)
      REQUIRE(eventually([&] { return front_.is_live(index); }));
  }

  const std::string& history() const { return history_; }

private:
  std::uint64_t below(std::uint64_t bound) {
    return std::uniform_int_distribution<std::uint64_t>{0, bound - 1}(random_);
  }

  // An accident takes its time.
  static void stay(std::chrono::milliseconds length) { std::this_thread::sleep_for(length); }

  void note(const std::string& what, std::size_t index) {
    history_ += fmt::format("{}{} {}", history_.empty() ? "" : ", ", what, nodes_.name(index));
  }

  // Returns what makes it good again.
  std::function<void()> hurt(std::size_t index) {
    switch (below(4)) {
    case 0: {
      note("kill", index);
      nodes_.kill(index);
      return start_after(index, below(1500) * 1ms);
    }
    case 1: {
      // Again while it finds what its journal holds.
      note("kill twice", index);
      nodes_.kill(index);
      nodes_.start(index);
      nodes_.kill(index);
      return start_after(index, below(500) * 1ms);
    }
    case 2: {
      note("stop", index);
      CHECK(nodes_.stop(index) == 0);
      return start_after(index, below(1500) * 1ms);
    }
    default: {
      // From what nobody need notice to twice what makes a node count as down.
      const auto length = 1000ms + below(5000) * 1ms;
      note(fmt::format("freeze for {} ms", length.count()), index);
      nodes_.freeze(index);
      return [this, index, length] {
        stay(length);
        nodes_.thaw(index);
      };
    }
    }
  }

  std::function<void()> start_after(std::size_t index, std::chrono::milliseconds length) {
    return [this, index, length] {
      stay(length);
      nodes_.start(index);
    };
  }

  cluster& nodes_;
  const balancer& front_;
  std::mt19937_64 random_;
  std::string history_;
};

} // namespace

TEST_CASE("chaos: nodes are killed, frozen and restarted, and nothing is lost or doubled") {
  const auto seed = number_from_environment("PARSEFLOW_CHAOS_SEED", std::random_device{}());
  const auto length = std::chrono::seconds{number_from_environment("PARSEFLOW_CHAOS_SECONDS", usual_seconds)};
  MESSAGE("PARSEFLOW_CHAOS_SEED=" << seed);
  postgres_server server;
  const auto url = server.create_database();
  cluster nodes{url, plain_nodes(3)};
  REQUIRE(nodes.wait_until_joined());
  const balancer front{nodes.backends(), seed};
  traffic_jam jam{front.port(), {.drains = 6, .pause = 40ms}};
  chaos accidents{nodes, front, seed};
  REQUIRE(jam.wait_for_each());
  for (const auto end = steady::now() + length; steady::now() < end;) {
    accidents.one_accident();
    INFO(accidents.history());
    REQUIRE(jam.wait_for_each());
  }
  MESSAGE(accidents.history());
  REQUIRE(nodes.wait_until_joined());
  check_nothing_lost(nodes, stored::in_postgres(url), jam);
}
