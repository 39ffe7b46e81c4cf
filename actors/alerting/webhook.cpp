#include "actors/alerting/webhook.hpp"

#include "messages/service_log.hpp"

namespace parseflow::actors {

webhook::behavior_type webhook::make_behavior() {
  return {
      [this](alert next) { take(std::move(next)); },
      [this](subscribe_atom, const judge_actor& judge) {
        judge_ = judge;
        report_status();
      },
      [this](caf::tick_atom) {
        tick_is_due_ = false;
        try_next();
      },
  };
}

void webhook::on_exit() {
  if (const auto waiting = queue_.status().waiting; waiting > 0)
    log(log_level::error, box_name, "alerts are not posted: the webhook ends before they were taken",
        {{"alerts", std::to_string(waiting)}});
}

void webhook::take(alert next) {
  if (!queue_.add(std::move(next)))
    log(log_level::error, box_name,
        "the alert that waited the longest is not posted: too many wait; check alerts.webhook-url",
        {{"dropped", std::to_string(queue_.status().dropped)}});
  report_status();
  if (!tick_is_due_) {
    tick_is_due_ = true;
    self_->send(self_, caf::tick_atom_v);
  }
}

void webhook::try_next() {
  const auto* const alert_to_post = queue_.next();
  if (alert_to_post == nullptr)
    return;
  const std::string type = alert_to_post->type, app = alert_to_post->app;
  const auto posted = poster_->post(*alert_to_post);
  if (posted) {
    if (judge_)
      self_->send(judge_, posted_alert{*alert_to_post});
    queue_.succeeded();
  } else {
    const bool is_given_up = queue_.failed();
    log(is_given_up ? log_level::error : log_level::warn, box_name,
        is_given_up ? "an alert is not posted: the webhook took none of its tries; check alerts.webhook-url"
                    : "the webhook did not take an alert, which will be posted again",
        {{"alert", type},
         {"app", app},
         {"problem", posted.error().sentence},
         {"dropped", std::to_string(queue_.status().dropped)}});
  }
  report_status();
  if (queue_.next() != nullptr) {
    tick_is_due_ = true;
    self_->delayed_send(self_, queue_.backoff(), caf::tick_atom_v);
  }
}

void webhook::report_status() {
  if (judge_)
    self_->send(judge_, queue_.status());
}

} // namespace parseflow::actors
