// WEBHOOK: posts every alert to a URL, in order; retries with growing pauses.
#pragma once

#include <functional>
#include <string>

#include "actors/alerting/webhook_queue.hpp"
#include "actors/box.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::actors {

/// Spawn detached: it blocks on the network.
class webhook : public box_state<webhook_actor> {
public:
  static constexpr const char* box_name = "webhook";

  /// Posts a body. Returns what went wrong, for the log; empty on success.
  using poster = std::function<std::string(const std::string& body)>;

  webhook(self_pointer self, poster post) : box_state(self), post_(std::move(post)) {}

  void on_exit();

  behavior_type make_behavior();

private:
  void take(alert next);
  void try_next();
  void tell_judge();

  poster post_;
  webhook_queue queue_;
  judge_actor judge_; // null until it has subscribed
  bool tick_is_due_ = false;
};

} // namespace parseflow::actors
