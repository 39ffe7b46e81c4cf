// GATHERER: metrics of the whole cluster, asked of any node. Totals alone are each node's own: who scrapes
// them scrapes every node, and a counter must not fall because a node is away.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "messages/cluster_interfaces.hpp"

namespace parseflow {

/// Spawn cooperatively: it only merges.
class gatherer : public gatherer_actor::base {
public:
  using super = gatherer_actor::base;

  /// How long this node's own boxes may take.
  static constexpr std::chrono::seconds patience{4};

  /// @param node This node's name.
  /// @param own What this node has counted itself.
  /// @param deadline How long the peers may take.
  gatherer(caf::actor_config& config, std::string node, metrics_source_actor own,
           std::chrono::milliseconds deadline);

  const char* name() const override { return "gatherer"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  template <class Answer>
  struct gathering;

  template <class Answer, class Question>
  caf::result<std::shared_ptr<const Answer>> ask_all(const Question& question);
  caf::result<totals_ptr> ask_own(const totals_query& question);
  template <class Answer>
  void finish(const std::shared_ptr<gathering<Answer>>& asked);

  std::string node_;
  metrics_source_actor own_;
  std::chrono::milliseconds deadline_;
  membership members_;
};

} // namespace parseflow
