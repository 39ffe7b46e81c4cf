// CLUSTER: starts and stops the boxes that make a pipeline one of several nodes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/pipeline.hpp"
#include "actors/supervisor.hpp"
#include "messages/cluster/gate.hpp"
#include "messages/cluster/interfaces.hpp"
#include "messages/expected.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Which node of the cluster this one is.
struct cluster_place {
  /// This node's entry in `cluster.peers`.
  std::string address;
  /// The program's version.
  std::string release;
};

/// Loads CAF's network layer. Call it before the actor system is made. Returns nothing if the cluster is off.
/// Fails if no entry is this node.
expected<std::optional<cluster_place>> prepare_cluster(caf::actor_system_config& configuration,
                                                       const cluster_settings& cluster, std::string release);

/// This node in its cluster. The destructor stops it.
class cluster {
public:
  /// @param form The form of all readers' tails.
  /// @param gate Leads to the peers. Not null.
  /// @param local This node's pipeline: takes the frames that belong to this node, answers with its own
  /// counts, and judges by those of all nodes.
  /// @param on_fatal Called at most once, from any thread, when a box failed: the process must end.
  cluster(caf::actor_system& system, const settings& configuration, const cluster_place& place,
          std::unique_ptr<cluster_gate> gate, const pipeline& local, std::shared_ptr<const tail_form> form,
          const fatal_callback& on_fatal);
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// Begins to listen for peers and to look for them.
  expected<> start();

  /// The boxes that take frames and answer questions.
  entry_actor entry() const { return forwarder_; }
  forwarding_source_actor forwarding() const { return forwarder_; }
  metrics_source_actor metrics() const { return gatherer_; }
  alert_source_actor judge() const { return gatherer_; }
  tail_source_actor tails() const { return tails_; }

  /// The rules that the judge has from now on.
  void take_up(const alert_rules& fresh);

  /// Notifies the peers that this node stops: they send it no more frames. Blocks for up to a second.
  void leave();

  /// Ends all communication with peers. Frames that no peer has taken yet get no verdict. Blocks.
  void stop();

private:
  caf::actor_system& system_;
  cluster_settings settings_;
  std::unique_ptr<cluster_gate> gate_;
  node_identity own_;
  members_actor members_;
  forwarder_actor forwarder_;
  archive_actor archive_;
  gatherer_actor gatherer_;
  tail_gatherer_actor tails_;
  peer_gateway_actor gateway_;
  std::vector<peer_link_actor> links_;
};

} // namespace parseflow::actors
