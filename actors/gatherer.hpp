// GATHERER: metrics of the whole cluster, asked of any node. Totals alone are each node's own: who scrapes
// them scrapes every node, and a counter must not fall because a node is away.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages/cluster_interfaces.hpp"

namespace parseflow {

/// Spawn cooperatively: it only merges.
class gatherer : public gatherer_actor::base {
public:
  using super = gatherer_actor::base;

  /// How often absent nodes are looked after.
  static constexpr std::chrono::seconds tick_interval{10};
  /// How long this node's own boxes may take.
  static constexpr std::chrono::seconds patience{4};

  /// @param node This node's name.
  /// @param own What this node has counted itself.
  /// @param listener Learns when apps were heard by any node.
  /// @param archive What absent nodes counted comes from here.
  /// @param deadline How long the peers may take.
  gatherer(caf::actor_config& config, std::string node, metrics_source_actor own, heard_sink_actor listener,
           archive_actor archive, std::chrono::milliseconds deadline);

  const char* name() const override { return "gatherer"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  template <class Answer>
  struct gathering;

  template <class Answer, class Question>
  caf::result<std::shared_ptr<const Answer>> ask_all(const Question& question);
  void read_archive();
  void replace_copies(const archived_rollups& found);
  void drop_copy(const std::string& node);
  bool is_live(const std::string& node) const;
  void tick();
  caf::result<totals_ptr> ask_own(const totals_query& question);
  template <class Answer>
  void finish(const std::shared_ptr<gathering<Answer>>& asked);

  std::string node_;
  metrics_source_actor own_;
  std::chrono::milliseconds deadline_;
  heard_sink_actor listener_;
  archive_actor archive_;
  membership members_;
  // What the database has of the nodes that are not there. That of a node that came back stays until it
  // answers.
  std::map<std::string, metrics_history_actor> copies_;
  std::size_t ticks_ = 0; // since the membership changed
};

} // namespace parseflow
