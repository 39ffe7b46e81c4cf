// SERVICE: the pipeline and, in a cluster, the boxes that make it one of several nodes. Started and stopped
// in order.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/cluster/cluster.hpp"
#include "actors/pipeline.hpp"
#include "actors/supervisor.hpp"
#include "db/journal/journal.hpp"
#include "db/store.hpp"
#include "messages/expected.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings/config.hpp"

namespace parseflow::actors {

/// What a service is made of.
struct service_parts {
  db::journal::opened journal;
  /// `done`, or `retry` while the database is unreachable.
  db::result database;
  box_sources sources;
  /// Nothing: the service is no node of a cluster.
  std::optional<cluster_place> place;
  /// Leads to the other nodes: needed with `place`.
  std::unique_ptr<cluster_gate> gate;
  /// How lines are shown to readers: needed with `place`.
  std::shared_ptr<const tail_form> form = {};
};

/// Opens the country database, the database and the journal, and makes what is missing. Fails if one of them
/// can never be used; a database that is only unreachable is no failure.
/// @param values Must outlive the parts.
expected<service_parts> open_parts(const settings& values);

/// As `open_parts`, and prepares the network first if the settings name a cluster. Call it before the actor
/// system is made.
/// @param configuration Must outlive the parts.
/// @param release The program's version.
expected<service_parts> open_node(config& configuration, std::string release);

/// A running service. The destructor stops it.
class service {
public:
  /// Spawns all boxes.
  /// @param values Must outlive the service.
  /// @param on_failure Called from any thread when a box failed for good: see `state`.
  service(caf::actor_system& system, const settings& values, service_parts parts,
          std::function<void()> on_failure);

  /// Begins to talk to peers, if it is a node of a cluster.
  expected<> start();

  /// The boxes that the HTTP side talks to; those of the cluster, if there is one.
  pipeline_handles handles() const;

  /// Fails with the reason if a box failed for good: the process must end.
  expected<> state() const;

  /// Takes up those settings of its boxes that can be reloaded.
  void take_up(const settings& fresh);

  /// Notifies the peers that this node stops: they send it no more frames. Blocks for up to a second.
  void leave();

  /// Takes no more frames, waits up to `timeout` until everything is stored, then stops all boxes. Blocks.
  /// True if the database has everything; otherwise the rest is in the journal.
  bool stop(std::chrono::milliseconds timeout);

private:
  class failure;

  std::shared_ptr<failure> failure_;
  pipeline pipeline_;
  std::optional<cluster> cluster_;
};

} // namespace parseflow::actors
