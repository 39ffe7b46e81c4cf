// METRICS AGGREGATOR: merges the batches' partial rollups, and hands what it has counted to the history: each
// second, and before anything else that the history is told or asked.
#pragma once

#include <memory>
#include <string>

#include "messages/interfaces.hpp"

namespace parseflow {

/// Leaves questions and alerts to the history, so that they keep no batch waiting. An answer of the history
/// counts every batch that came before the question. Spawn cooperatively: it never blocks.
class metrics_aggregator : public metrics_aggregator_actor::base {
public:
  using super = metrics_aggregator_actor::base;

  metrics_aggregator(caf::actor_config& config, metrics_history_actor history);

  const char* name() const override { return "metrics_aggregator"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void add(const batch& next);
  void hand_over();
  void tick();

  template <class... Message>
  auto pass_on(const Message&... message) {
    hand_over();
    return delegate(history_, message...);
  }

  metrics_history_actor history_;
  std::shared_ptr<fresh_counts> fresh_ = std::make_shared<fresh_counts>();
  bool history_ticks_ = false; // it has not answered the last tick
};

} // namespace parseflow
