// PIPELINE: starts and stops the receiver and the supervisor.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "actors/supervisor.hpp"
#include "db/journal/journal.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// The running pipeline. The destructor stops it.
class pipeline {
public:
  /// Spawns all boxes.
  /// @param opened An open journal, and what it held.
  pipeline(caf::actor_system& system, const settings& configuration, db::journal::opened opened,
           box_sources sources, fatal_callback on_fatal);
  ~pipeline();
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  /// The boxes that the HTTP side talks to.
  const pipeline_handles& handles() const { return handles_; }
  /// The box that takes frames from other nodes.
  const receiver_actor& receiver() const { return receiver_; }
  /// The box that judges alerts; in a cluster, by the counts of all nodes.
  watching_judge judge() const { return {supervisor_, watched_windows_}; }

  /// Has alerts judged by these rules, and rows kept for this long, from now on.
  void take_up(const alert_rules& rules, const retention_settings& kept);

  /// Takes no more frames, waits up to `timeout` until everything is stored, then stops the boxes.
  /// Blocks. True if the database has everything; otherwise the rest is in the journal. Only the first
  /// call has an effect.
  bool stop(std::chrono::milliseconds timeout);

private:
  caf::actor_system& system_;
  pipeline_handles handles_;
  receiver_actor receiver_;
  supervisor_actor supervisor_;
  registrar_actor registrar_;                           // null without a registry
  std::vector<alerts::watched_window> watched_windows_; // of the rules that its judge has
};

} // namespace parseflow::actors
