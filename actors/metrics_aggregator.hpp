// METRICS AGGREGATOR: merges the partial rollups of batches and hands the sums to the history: every second,
// and before each question and each correction, because these need an order relative to the batches.
#pragma once

#include <memory>
#include <string>

#include "actors/box.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::actors {

/// Only counts; the history answers questions, so that no question keeps batches waiting. Spawn
/// cooperatively: it never blocks.
class metrics_aggregator : public box_state<metrics_aggregator_actor> {
public:
  static constexpr const char* box_name = "metrics_aggregator";

  metrics_aggregator(self_pointer self, metrics_history_actor history);

  behavior_type make_behavior();

private:
  void add(const batch& next);
  void hand_over();
  void tick();

  template <class... Message>
  auto pass_on(const Message&... message) {
    hand_over();
    return self_->delegate(history_, message...);
  }

  metrics_history_actor history_;
  std::shared_ptr<fresh_counts> fresh_ = std::make_shared<fresh_counts>();
  bool history_ticks_ = false; // the history has not answered the last tick
};

} // namespace parseflow::actors
