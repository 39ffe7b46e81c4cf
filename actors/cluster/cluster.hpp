// CLUSTER: starts and stops the boxes that make a pipeline one of several nodes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/supervisor.hpp"
#include "messages/cluster/interfaces.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Loads CAF's network layer, with TLS if the settings ask for it. Call it before the actor system is made,
/// and only if the cluster is on. Returns a sentence if the certificates cannot be used.
std::optional<std::string> prepare_network(caf::actor_system_config& configuration,
                                           const cluster_settings& cluster);

/// This node in its cluster. The destructor stops it.
class cluster {
public:
  /// @param own_address This node's entry in `cluster.peers`.
  /// @param release The program's version.
  /// @param receiver Takes the frames that belong to this node.
  /// @param metrics The counts of this node.
  /// @param judge This node's judge; gets the counts of all nodes.
  /// @param archive The shared database, not yet open.
  /// @param on_fatal Called at most once, from any thread, when a box failed: the process must end.
  cluster(caf::actor_system& system, const settings& configuration, const std::string& own_address,
          std::string release, receiver_actor receiver, metrics_source_actor metrics,
          cluster_judge_actor judge, std::unique_ptr<db::store> archive, const fatal_callback& on_fatal);
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// Begins to listen for peers and to look for them. Returns a sentence that says why that is not possible.
  std::optional<std::string> start();

  /// The boxes that take frames and answer questions.
  entry_actor entry() const { return forwarder_; }
  metrics_source_actor metrics() const { return gatherer_; }
  alert_source_actor judge() const { return gatherer_; }

  /// Notifies the peers that this node stops: they send it no more frames. Blocks for up to a second.
  void leave();

  /// Ends all communication with peers. Frames that no peer has taken yet get no verdict. Blocks.
  void stop();

private:
  caf::actor_system& system_;
  cluster_settings settings_;
  node_identity own_;
  members_actor members_;
  forwarder_actor forwarder_;
  archive_actor archive_;
  gatherer_actor gatherer_;
  peer_gateway_actor gateway_;
  std::vector<peer_link_actor> links_;
};

} // namespace parseflow::actors
