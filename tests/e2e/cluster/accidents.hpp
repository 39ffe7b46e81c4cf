// Causes accidents of nodes, in random order.
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

/// How long accidents go on: `PARSEFLOW_CHAOS_SECONDS`, or a length suitable for testing every change.
std::chrono::seconds chaos_length();

/// The seed from `PARSEFLOW_CHAOS_SEED`, which repeats an order of accidents, or a random one. Prints it.
std::uint64_t chaos_seed();

/// Hurts one or two nodes at a time. Leaves at least one alone, and lets every body that is under way be
/// settled between two accidents, so that each body meets only one accident, and any loss is the
/// cluster's fault.
class accidents {
public:
  accidents(cluster& nodes, const balancer& front, std::uint64_t seed)
      : nodes_(nodes), front_(front), random_(seed) {}
  virtual ~accidents() = default;

  /// Causes accidents for `length`; then every node is back. Fails the test if the senders come to a halt.
  void go_on_for(std::chrono::seconds length, const traffic_jam& jam);

protected:
  /// Hurts the node in a way that costs each body at most one try, or two tries if it is the only node that
  /// is hurt. Returns what repairs it.
  virtual std::function<void()> hurt(std::size_t index, bool is_only_one) = 0;

  cluster& nodes() { return nodes_; }
  /// A random number below `bound`.
  std::uint64_t below(std::uint64_t bound);
  /// Waits while an accident lasts.
  static void stay(std::chrono::milliseconds length);
  /// Adds a line to the list that is printed when a check fails, and at the end. Its time is from the
  /// steady clock.
  void note(const std::string& what, std::size_t index);

private:
  void one_accident();

  cluster& nodes_;
  const balancer& front_;
  std::mt19937_64 random_;
  std::string history_;
};

} // namespace parseflow::e2e
