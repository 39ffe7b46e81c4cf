// A metrics aggregator that counts nothing, and tells the test what it is told.
#pragma once

#include <functional>
#include <memory>

#include "messages/interfaces.hpp"

namespace parseflow::test {

/// What to do with what comes from writer and webhook.
struct aggregator_ears {
  std::function<void(const restored_counts&)> on_counts = [](const auto&) {};
  std::function<void(const stored_elsewhere&)> on_elsewhere = [](const auto&) {};
  std::function<void(const restored_alerts&)> on_alerts = [](const auto&) {};
  std::function<void(const writer_status&)> on_writer = [](const auto&) {};
  std::function<void(const webhook_status&)> on_webhook = [](const auto&) {};
  std::function<void(const posted_alert&)> on_posted = [](const auto&) {};
};

class stub_aggregator : public metrics_aggregator_actor::base {
public:
  stub_aggregator(caf::actor_config& config, aggregator_ears ears)
      : metrics_aggregator_actor::base(config), ears_(std::move(ears)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [](const batch_ptr&) {},
        [](const metrics_query&) { return snapshot_ptr{}; },
        [](const totals_query&) { return totals_ptr{}; },
        [](const series_query&) { return series_sums_ptr{}; },
        [](const watch_query&) { return watched_counts_ptr{}; },
        [this](const restored_counts& earlier) { ears_.on_counts(earlier); },
        [this](const stored_elsewhere& theirs) { ears_.on_elsewhere(theirs); },
        [](const cluster_counts&) {},
        [this](const restored_alerts& earlier) { ears_.on_alerts(earlier); },
        [](attach_atom, audience, const alert_sink_actor&) {},
        [this](const writer_status& status) { ears_.on_writer(status); },
        [this](const webhook_status& status) { ears_.on_webhook(status); },
        [this](const posted_alert& told) { ears_.on_posted(told); },
        [](caf::tick_atom) {},
    };
  }

private:
  aggregator_ears ears_;
};

} // namespace parseflow::test
