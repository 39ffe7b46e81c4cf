#include "actors/alerting/judge.hpp"

#include <algorithm>

#include "messages/answer_timeouts.hpp"
#include "messages/service_log.hpp"

namespace parseflow::actors {

namespace {

constexpr std::chrono::seconds judging_interval{1};

} // namespace

judge::judge(self_pointer self, metrics_source_actor metrics, std::vector<alerts::rule> rules,
             judged_counts by, wall_clock clock)
    : box_state(self), now_(std::move(clock)), metrics_(std::move(metrics)),
      windows_(alerts::windows_of(rules)), judged_by_(by), alerts_(std::move(rules), now_()),
      announcer_(by == judged_counts::of_cluster) {}

judge::behavior_type judge::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& message) {
    std::erase_if(sinks_, [&](const alert_sink& one) { return one.sink.address() == message.source; });
  });
  self_->delayed_send(self_, judging_interval, caf::tick_atom_v);
  return {
      [this](const alerts_query& question) { return answer(question); },
      [this](const cluster_counts& all) { take(all); },
      [this](restored_alerts& earlier) {
        is_restored_ = true;
        publish(alerts_.restore(std::move(earlier.alerts), now_()));
      },
      [this](add_sink_atom, alerts::audience wanted, const alert_sink_actor& sink) {
        sinks_.push_back({wanted, sink});
        self_->monitor(sink);
      },
      [this](const writer_status& status) { note(status); },
      [this](const webhook_status& status) { webhook_ = status; },
      [this](const posted_alert& posted) { announcer_.note_announced(posted.what, now_()); },
      [this](const alert_rules& fresh) { take(fresh); },
      [this](caf::tick_atom) { tick(); },
  };
}

void judge::tick() {
  self_->delayed_send(self_, judging_interval, caf::tick_atom_v);
  if (is_asking_)
    return;
  is_asking_ = true;
  const auto asked = judged_by_ == judged_counts::own ? windows_ : std::vector<alerts::watched_window>{};
  self_->request(metrics_, answer_timeouts::busy_box, watch_query{asked, now_()})
      .then(
          [this](const watched_counts_ptr& own) {
            is_asking_ = false;
            take(*own);
          },
          [this](const caf::error&) { is_asking_ = false; });
}

// Lines that wait in the journal or at the writer are counted already, so those counted but not stored
// are the lag.
void judge::take(const watched_counts& own) {
  if (judged_by_ == judged_counts::own)
    judge_apps(own, {});
  const auto stored_lines = writer_ ? writer_->stored_lines : 0;
  const auto lag_lines = own.counted_lines - std::min(own.counted_lines, stored_lines);
  publish(alerts_.judge_database({lag_lines, database_away_since_}, now_()));
}

void judge::take(const cluster_counts& all) {
  send_out(announcer_.take_turn(all.is_notifier, all.alerts->announced, now_()));
  judge_apps(*all.counted, all.alerts->alerts);
}

void judge::note(const writer_status& status) {
  writer_ = status;
  if (status.is_connected)
    database_away_since_.reset();
  else if (!database_away_since_ && status.last_error) // a writer that has not yet tried knows nothing
    database_away_since_ = now_();
}

void judge::take(const alert_rules& fresh) {
  windows_ = alerts::windows_of(fresh.all);
  alerts_.replace_rules(fresh.all);
}

alert_report_ptr judge::answer(const alerts_query& question) const {
  auto result = std::make_shared<alert_report>();
  result->alerts = alerts_.alerts(question.app, question.now);
  result->announced = announcer_.announced(now_());
  result->webhook = webhook_;
  result->writer = writer_;
  return result;
}

void judge::judge_apps(const watched_counts& counted, std::span<const alert> open) {
  // These counts were asked for before those of earlier runs were restored. Judging by them would resolve
  // alerts that are true and raise wrong ones.
  if (is_restored_ && !counted.is_restored)
    return;
  const auto& windows = counted.question.windows;
  if (!std::includes(windows.begin(), windows.end(), windows_.begin(), windows_.end()))
    return; // they were asked for by the rules before these
  std::vector<alerts::watched_app> watched;
  watched.reserve(counted.apps.size());
  for (const auto& [name, app] : counted.apps)
    watched.push_back({name, app.heard, [&windows, &sums = app.sums](alerts::watched_window window) {
                         const auto at = std::find(windows.begin(), windows.end(), window) - windows.begin();
                         return sums.at(static_cast<std::size_t>(at));
                       }});
  publish(alerts_.judge_apps(watched, now_()), open);
}

void judge::publish(const std::vector<alert>& changed, std::span<const alert> open) {
  for (const auto& one : changed)
    log(log_level::info, box_name, one.now.empty() ? one.message : one.now,
        {{"alert", one.type},
         {"app", one.app},
         {"severity", one.severity},
         {"state", one.is_resolved ? "resolved" : "raised"}});
  send_out(announcer_.announce(changed, open, now_()));
}

void judge::send_out(const std::vector<alerts::announcement>& announced) {
  for (const auto& [to, what] : announced)
    for (const auto& [wanted, sink] : sinks_)
      if (wanted == to)
        self_->send(sink, what);
}

} // namespace parseflow::actors
