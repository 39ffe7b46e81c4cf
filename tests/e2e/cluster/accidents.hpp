// Accidents of nodes, in random order.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/traffic_jam.hpp"
#include "tests/support/balancer.hpp"

namespace parseflow::e2e {

/// How long accidents go on: `PARSEFLOW_CHAOS_SECONDS`, or what suits a test of every change.
std::chrono::seconds chaos_length();

/// `PARSEFLOW_CHAOS_SEED`, which repeats an order of accidents, or one drawn at random. Prints it.
std::uint64_t chaos_seed();

/// Hurts one or two nodes at a time. At least one is left alone, and between two accidents every body that
/// was under way is settled: each body meets one accident only, and what is lost is the cluster's fault.
class accidents {
public:
  accidents(cluster& nodes, const balancer& front, std::uint64_t seed)
      : nodes_(nodes), front_(front), random_(seed) {}
  virtual ~accidents() = default;

  /// Goes on for so long; every node is back then. Fails the test if senders come to a stop.
  void go_on_for(std::chrono::seconds length, const traffic_jam& jam);

protected:
  /// Does something to the node that costs each body one try at most, or two if `is_only_one` is hurt.
  /// Returns what makes it good again.
  virtual std::function<void()> hurt(std::size_t index, bool is_only_one) = 0;

  cluster& nodes() { return nodes_; }
  /// A number below `bound`, at random.
  std::uint64_t below(std::uint64_t bound);
  /// An accident takes its time.
  static void stay(std::chrono::milliseconds length);
  /// Adds a line to what is printed when a check fails, and at the end. The time is the steady clock's.
  void note(const std::string& what, std::size_t index);

private:
  void one_accident();

  cluster& nodes_;
  const balancer& front_;
  std::mt19937_64 random_;
  std::string history_;
};

} // namespace parseflow::e2e
