// Several nodes of the built program that share one PostgreSQL and know each other.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/e2e/cluster/certificates.hpp"
#include "tests/e2e/service.hpp"
#include "tests/support/balancer.hpp"
#include "tests/traffic/truth.hpp"

namespace parseflow::e2e {

/// Rollups are closed every minute; after that, what several nodes counted is corrected.
inline constexpr std::chrono::seconds settling_timeout{75};

/// How to start a node.
struct node_plan {
  /// `storage.node`.
  std::string name;
  /// IPv4 addresses on which it listens for clients and for the other nodes.
  std::string host = "127.0.0.1", cluster_host = "127.0.0.1";
  /// See `service_options`.
  std::vector<std::string> launcher = {};
  /// Settings of only this node, which come after those that the cluster gives it.
  std::vector<std::string> arguments = {};
  /// Environment variables besides the database's address.
  std::map<std::string, std::string> environment = {};
};

/// A node's index is its place in the order of the plans.
class cluster {
public:
  /// Starts all nodes, one after the other. All of them get the settings `arguments`, and certificates of one
  /// authority.
  cluster(std::string database_url, const std::vector<node_plan>& plans,
          std::vector<std::string> arguments = {});
  /// Ends all nodes. Shows the ends of their logs if a test was aborted.
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  std::size_t size() const { return nodes_.size(); }
  service& node(std::size_t index) { return *nodes_[index].program; }
  const std::string& name(std::size_t index) const { return nodes_[index].plan.name; }
  /// Whether the node was started and has not ended since; a frozen node runs.
  bool runs(std::size_t index) const { return nodes_[index].runs; }
  certificates& proofs() { return proofs_; }
  std::uint16_t cluster_port(std::size_t index) const { return nodes_[index].cluster_port; }

  /// Starts one more node, which has all addresses in `cluster.peers`; the other nodes have its address from
  /// their next start on. Returns its index.
  std::size_t add(const node_plan& plan);
  /// Removes its address from `cluster.peers` of all nodes, from their next start on. The node must
  /// be stopped.
  void forget(std::size_t index);

  /// Sends SIGTERM and returns the exit status; see `service::stop`.
  std::optional<int> stop(std::size_t index);
  void kill(std::size_t index);
  /// Starts a node that is stopped or killed, with the same ports and data.
  void start(std::size_t index);
  /// Stops the process without closing anything, until `thaw`.
  void freeze(std::size_t index);
  void thaw(std::size_t index);

  /// `GET /metrics` of that node.
  nlohmann::json metrics(std::size_t index) { return node(index).metrics(); }

  /// Waits until every running node gets answers from all running nodes. False if that takes too long.
  bool wait_until_joined();
  /// Waits until the database has everything, and the counts of every node equal the truth. False if that
  /// takes too long.
  bool wait_until_settled(const traffic::truth& all);

  /// The nodes' addresses, for a balancer.
  std::vector<balancer::backend> backends() const;
  balancer::backend backend(std::size_t index) const;

private:
  struct member {
    node_plan plan;
    std::uint16_t port = 0, cluster_port = 0;
    std::unique_ptr<service> program;
    bool runs = false;
    bool is_forgotten = false;
  };

  void plan_node(const node_plan& plan);
  service_options options_for(const member& of) const;
  std::vector<std::string> running() const;

  std::string database_url_;
  std::vector<std::string> arguments_;
  certificates proofs_;
  std::vector<member> nodes_;
};

/// The plans for nodes a, b, c, ….
std::vector<node_plan> plain_nodes(std::size_t count);

} // namespace parseflow::e2e
