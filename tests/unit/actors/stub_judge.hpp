// A judge that judges nothing and passes its messages to the test.
#pragma once

#include <functional>

#include "messages/interfaces.hpp"

namespace parseflow::test {

/// What to do with the messages of writer and webhook.
struct judge_callbacks {
  std::function<void(const restored_alerts&)> on_alerts = [](const auto&) {};
  std::function<void(const writer_status&)> on_writer = [](const auto&) {};
  std::function<void(const webhook_status&)> on_webhook = [](const auto&) {};
  std::function<void(const posted_alert&)> on_posted = [](const auto&) {};
};

class stub_judge : public judge_actor::base {
public:
  stub_judge(caf::actor_config& config, judge_callbacks callbacks)
      : judge_actor::base(config), callbacks_(std::move(callbacks)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [](const alerts_query&) { return alert_report_ptr{}; },
        [](const cluster_counts&) {},
        [this](const restored_alerts& earlier) { callbacks_.on_alerts(earlier); },
        [](add_sink_atom, alerts::audience, const alert_sink_actor&) {},
        [this](const writer_status& status) { callbacks_.on_writer(status); },
        [this](const webhook_status& status) { callbacks_.on_webhook(status); },
        [this](const posted_alert& posted) { callbacks_.on_posted(posted); },
        [](const alert_rules&) {},
        [](caf::tick_atom) {},
    };
  }

private:
  judge_callbacks callbacks_;
};

} // namespace parseflow::test
