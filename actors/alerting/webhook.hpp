// WEBHOOK: tells a URL of every alert, in order; tries again with growing pauses what is not taken.
#pragma once

#include <functional>
#include <string>

#include "actors/alerting/webhook_queue.hpp"
#include "messages/interfaces.hpp"

namespace parseflow {

/// Spawn detached: it blocks on the network.
class webhook : public webhook_actor::base {
public:
  using super = webhook_actor::base;
  /// Posts a body; returns what went wrong, for the log, or nothing.
  using poster = std::function<std::string(const std::string& body)>;

  webhook(caf::actor_config& config, poster post) : super(config), post_(std::move(post)) {}

  const char* name() const override { return "webhook"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void take(alert next);
  void try_next();
  void tell_aggregator();

  poster post_;
  webhook_queue queue_;
  metrics_aggregator_actor aggregator_; // nothing until one is attached
  bool tick_is_due_ = false;
};

} // namespace parseflow
