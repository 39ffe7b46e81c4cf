#include "actors/supervisor.hpp"

#include <algorithm>
#include <thread>

#include "actors/alerting/judge.hpp"
#include "actors/alerting/webhook.hpp"
#include "actors/db_writer.hpp"
#include "actors/metrics_aggregator.hpp"
#include "actors/metrics_history.hpp"
#include "actors/parser.hpp"
#include "actors/retention.hpp"
#include "actors/router.hpp"
#include "actors/tail_hub.hpp"
#include "messages/service_log.hpp"

namespace parseflow::actors {

namespace {

std::size_t parser_count(const parser_settings& parser) {
  return parser.count > 0 ? parser.count : std::max(1U, std::thread::hardware_concurrency());
}

} // namespace

supervisor::supervisor(self_pointer self, settings configuration, box_sources sources,
                       receiver_actor receiver, fatal_callback on_fatal)
    : box_state(self), configuration_(std::move(configuration)), sources_(std::move(sources)),
      receiver_(std::move(receiver)), on_fatal_(std::move(on_fatal)) {}

supervisor::behavior_type supervisor::make_behavior() {
  self_->set_down_handler([this](caf::down_msg& message) { down(message); });
  self_->monitor(receiver_);
  spawn_webhook();
  spawn_boxes();
  if (sources_.retention)
    spawn_retention();
  return {
      [this](const metrics_query& question) { return self_->delegate(aggregator_, question); },
      [this](const totals_query& question) { return self_->delegate(aggregator_, question); },
      [this](const series_query& question) { return self_->delegate(aggregator_, question); },
      [this](const watch_query& question) { return self_->delegate(aggregator_, question); },
      [this](const alerts_query& question) { return self_->delegate(judge_, question); },
      [this](const cluster_counts& all) { self_->send(judge_, all); },
      [this](const retention_status& status) {
        retention_status_ = status;
        self_->send(writer_, status);
      },
      [this](const alert_rules& fresh) {
        configuration_.alerts.rules = fresh.all;
        self_->send(judge_, fresh);
      },
      [this](const retention_settings& fresh) { take_up(fresh); },
      [this](const tail_wish& wish) { self_->send(tails_, wish); },
      [this](status_atom) { return self_->delegate(tails_, status_atom_v); },
      [this](stop_atom) {
        is_stopping_ = true;
        dismiss_boxes();
        dismiss_retention();
        dismiss_webhook();
        quit_when_alone();
        return true;
      },
  };
}

void supervisor::on_exit() {
  dismiss_boxes();
  dismiss_retention();
  dismiss_webhook();
}

void supervisor::spawn_boxes() {
  auto& system = self_->home_system();
  router_ = self_->spawn<boxed<router>>();
  history_ = self_->spawn<boxed<metrics_history>>();
  aggregator_ = self_->spawn<boxed<metrics_aggregator>>(history_);
  tails_ = self_->spawn<boxed<tail_hub>>(configuration_.tail.memory_bytes);
  const bool is_in_cluster = configuration_.cluster.is_on();
  judge_ = self_->spawn<boxed<judge>>(aggregator_, configuration_.alerts.rules,
                                      is_in_cluster ? judged_counts::of_cluster : judged_counts::own);
  auto store = sources_.store();
  // The judge can be asked before the thread of the writer has started.
  writer_status starting;
  starting.kind = store->kind();
  self_->send(judge_, std::move(starting));
  // In a cluster each node restores and reports only its own counts.
  const auto restored =
      is_in_cluster ? db::node_filter::only(configuration_.storage.node) : db::node_filter::all();
  // Detached: it blocks on the database.
  writer_ = system.spawn<boxed<db_writer>, caf::detached>(
      std::move(store),
      db_writer_settings{configuration_.storage.batch_lines, configuration_.storage.batch_interval},
      receiver_, aggregator_, judge_, restored);
  self_->send(writer_, retention_status_);
  // The aggregator is added first: it must have counted a batch before the writer asks it to subtract
  // the batch.
  self_->send(router_, add_sink_atom_v, delivery::metrics, caf::actor_cast<sink_actor>(aggregator_));
  self_->send(router_, add_sink_atom_v, delivery::database, caf::actor_cast<sink_actor>(writer_));
  // A line is shown once, when it is counted.
  self_->send(router_, add_sink_atom_v, delivery::metrics, caf::actor_cast<sink_actor>(tails_));
  self_->send(judge_, add_sink_atom_v, alerts::audience::node, caf::actor_cast<alert_sink_actor>(writer_));
  wire_webhook();
  self_->monitor(router_);
  self_->monitor(aggregator_);
  self_->monitor(history_);
  self_->monitor(judge_);
  self_->monitor(writer_);
  self_->monitor(tails_);
  alive_ = 6;
  parsers_.resize(parser_count(configuration_.parser));
  for (std::size_t i = 0; i < parsers_.size(); ++i)
    fill(i);
}

// Detached: it blocks on the database.
void supervisor::spawn_retention() {
  retention_ = self_->home_system().spawn<boxed<retention>, caf::detached>(
      sources_.retention(configuration_.retention), receiver_, retention_listener_actor{self_});
  self_->monitor(retention_);
}

// Retention has nothing in hand: another one takes its place, and begins at once.
void supervisor::take_up(const retention_settings& fresh) {
  if (fresh == configuration_.retention)
    return;
  configuration_.retention = fresh;
  for (const auto& box : parsers_)
    self_->send(box, bounds());
  dismiss_retention();
}

// What the parsers count lines within: rollups that are older are not kept.
rollup::limits supervisor::bounds() const {
  rollup::limits result;
  if (configuration_.retention.rollups.count() > 0)
    result.longest_age = configuration_.retention.rollups;
  return result;
}

void supervisor::fill(std::size_t place_index) {
  parsers_[place_index] =
      sources_.parser ? sources_.parser(router_)
                      : parser_actor{self_->spawn<boxed<parser>>(router_, bounds(), sources_.countries)};
  self_->monitor(parsers_[place_index]);
  ++alive_;
  self_->send(receiver_, join_pool_atom_v, static_cast<std::uint32_t>(place_index), parsers_[place_index]);
}

void supervisor::spawn_webhook() {
  if (!sources_.poster)
    return;
  poster_ = sources_.poster();
  // Detached: it blocks on the network.
  webhook_ = self_->home_system().spawn<boxed<webhook>, caf::detached>(poster_);
  self_->monitor(webhook_);
}

void supervisor::wire_webhook() {
  if (!webhook_)
    return;
  self_->send(webhook_, subscribe_atom_v, judge_);
  self_->send(judge_, add_sink_atom_v, alerts::audience::external,
              caf::actor_cast<alert_sink_actor>(webhook_));
}

void supervisor::down(const caf::down_msg& message) {
  const auto is_from = [&](const auto& box) { return box && message.source == box.address(); };
  const auto& reason = message.reason;
  if (is_from(receiver_)) {
    if (!is_stopping_)
      give_up("the receiver failed: " + self_->home_system().render(reason));
  } else if (is_from(retention_)) {
    retention_ = nullptr;
    if (reason == caf::exit_reason::user_shutdown && !is_stopping_)
      return spawn_retention(); // with other settings
    replace_alone("retention failed and is replaced", reason, [this] { spawn_retention(); });
  } else if (is_from(webhook_)) {
    webhook_ = nullptr;
    replace_alone("the webhook failed and is replaced", reason, [this] {
      spawn_webhook();
      wire_webhook();
    });
  } else {
    pipeline_box_down(message);
  }
}

void supervisor::replace_alone(const std::string& what, const caf::error& reason,
                               const std::function<void()>& spawn) {
  if (is_stopping_)
    quit_when_alone();
  else if (note_crash(what, reason))
    spawn();
}

void supervisor::pipeline_box_down(const caf::down_msg& message) {
  --alive_;
  if (is_stopping_)
    return quit_when_alone();
  if (is_replacing_) {
    if (alive_ == 0) {
      is_replacing_ = false;
      spawn_boxes();
    }
    return;
  }
  if (message.reason == make_error(ec::store_unusable)) {
    give_up(self_->home_system().render(message.reason));
    return;
  }
  const auto failed = std::find_if(parsers_.begin(), parsers_.end(),
                                   [&](const parser_actor& p) { return p.address() == message.source; });
  if (failed != parsers_.end()) {
    if (note_crash("a parser failed and is replaced", message.reason))
      fill(static_cast<std::size_t>(failed - parsers_.begin()));
  } else if (note_crash("a box failed; all behind the receiver are replaced", message.reason)) {
    replace_all();
  }
}

// False if this was one failure too many.
bool supervisor::note_crash(const std::string& what, const caf::error& reason) {
  const auto now = self_->clock().now();
  std::erase_if(crashes_, [now](const auto& at) { return now - at > crash_span; });
  crashes_.push_back(now);
  if (crashes_.size() > max_crashes) {
    give_up("boxes fail again and again: " + self_->home_system().render(reason));
    return false;
  }
  log(log_level::error, box_name, what, {{"reason", self_->home_system().render(reason)}});
  return true;
}

// The old boxes must end before the new ones begin: an old writer could still commit.
void supervisor::replace_all() {
  is_replacing_ = true;
  self_->send(receiver_, reset_atom_v);
  dismiss_boxes();
}

void supervisor::dismiss_boxes() {
  for (const auto& box : parsers_)
    self_->send_exit(box, caf::exit_reason::user_shutdown);
  if (router_)
    self_->send_exit(router_, caf::exit_reason::user_shutdown);
  if (aggregator_)
    self_->send_exit(aggregator_, caf::exit_reason::user_shutdown);
  if (tails_)
    self_->send_exit(tails_, caf::exit_reason::user_shutdown);
  if (history_)
    self_->send_exit(history_, caf::exit_reason::user_shutdown);
  if (judge_)
    self_->send_exit(judge_, caf::exit_reason::user_shutdown);
  if (writer_)
    self_->send_exit(writer_, caf::exit_reason::user_shutdown);
}

void supervisor::dismiss_retention() {
  if (retention_)
    self_->send_exit(retention_, caf::exit_reason::user_shutdown);
}

void supervisor::dismiss_webhook() {
  if (!webhook_)
    return;
  self_->send_exit(webhook_, caf::exit_reason::user_shutdown);
  poster_->stop();
}

void supervisor::quit_when_alone() {
  if (alive_ == 0 && !retention_ && !webhook_)
    self_->quit();
}

void supervisor::give_up(const std::string& sentence) {
  is_stopping_ = true;
  on_fatal_(sentence);
}

} // namespace parseflow::actors
