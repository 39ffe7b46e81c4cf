// CLUSTER: the boxes that make one of several nodes out of a pipeline, and their start and stop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/supervisor.hpp"
#include "messages/cluster/interfaces.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow {

/// Loads CAF's network layer, with TLS if the settings say so. Call before the actor system is made, if the
/// cluster is on. A sentence says what is wrong with the certificates.
std::optional<std::string> prepare_network(caf::actor_system_config& configuration,
                                           const cluster_settings& cluster);

/// This node in its cluster. Stops on destruction at the latest.
class cluster {
public:
  /// @param own_address This node's entry in `cluster.peers`.
  /// @param release The program's version.
  /// @param receiver Takes the frames that belong to this node.
  /// @param metrics What this node has counted itself.
  /// @param judge This node's; it learns what all nodes counted.
  /// @param archive The shared database, not yet open.
  /// @param on_fatal Called at most once, from any thread, when a box failed: the process must end.
  cluster(caf::actor_system& system, const settings& configuration, const std::string& own_address,
          std::string release, receiver_actor receiver, metrics_source_actor metrics,
          cluster_judge_actor judge, std::unique_ptr<db::store> archive, const fatal_callback& on_fatal);
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// Listens for peers, and looks for them from now on. A sentence says why that is not possible.
  std::optional<std::string> start();

  /// Where requests bring frames, and where questions go.
  entry_actor entry() const { return forwarder_; }
  metrics_source_actor metrics() const { return gatherer_; }
  alert_source_actor judge() const { return gatherer_; }

  /// Tells the peers that this node stops: they give it no more frames. Blocks for half a second at most.
  void leave();

  /// Ends all talk with peers. Frames that no peer has taken yet find no one. Blocks.
  void stop();

private:
  caf::actor_system& system_;
  cluster_settings settings_;
  node_identity own_;
  members_actor members_;
  forwarder_actor forwarder_;
  archive_actor archive_;
  gatherer_actor gatherer_;
  door_actor door_;
  std::vector<link_actor> links_;
};

} // namespace parseflow
