// A metrics aggregator that counts nothing and passes its messages to the test.
#pragma once

#include <functional>
#include <memory>

#include "messages/interfaces.hpp"

namespace parseflow::test {

/// What to do with the messages of the writer, and with the judge's question.
struct aggregator_callbacks {
  std::function<void(const restored_counts&)> on_counts = [](const auto&) {};
  std::function<void(const stored_elsewhere&)> on_elsewhere = [](const auto&) {};
  std::function<void()> on_watch = [] {};
};

class stub_aggregator : public metrics_aggregator_actor::base {
public:
  stub_aggregator(caf::actor_config& config, aggregator_callbacks callbacks)
      : metrics_aggregator_actor::base(config), callbacks_(std::move(callbacks)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [](const batch_group&) {},
        [](const metrics_query&) { return snapshot_ptr{}; },
        [](const totals_query&) { return totals_ptr{}; },
        [](const series_query&) { return series_sums_ptr{}; },
        [this](const watch_query&) {
          callbacks_.on_watch();
          return watched_counts_ptr{};
        },
        [this](const restored_counts& earlier) { callbacks_.on_counts(earlier); },
        [this](const stored_elsewhere& theirs) { callbacks_.on_elsewhere(theirs); },
        [](caf::tick_atom) {},
    };
  }

private:
  aggregator_callbacks callbacks_;
};

} // namespace parseflow::test
