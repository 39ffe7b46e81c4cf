// WEBHOOK: posts every alert to a URL, in order; retries with growing pauses.
#pragma once

#include <memory>

#include "actors/alerting/webhook_queue.hpp"
#include "actors/box.hpp"
#include "messages/alert_poster.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::actors {

/// Spawn detached: it blocks on the network.
class webhook : public box_state<webhook_actor> {
public:
  static constexpr const char* box_name = "webhook";

  webhook(self_pointer self, std::shared_ptr<alert_poster> poster)
      : box_state(self), poster_(std::move(poster)) {}

  void on_exit();

  behavior_type make_behavior();

private:
  void take(alert next);
  void try_next();
  void report_status();

  std::shared_ptr<alert_poster> poster_;
  webhook_queue queue_;
  judge_actor judge_; // null until it has subscribed
  bool tick_is_due_ = false;
};

} // namespace parseflow::actors
