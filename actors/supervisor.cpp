// The wiring of the boxes, and what happens when one fails.
#include "actors/supervisor.hpp"

#include <algorithm>
#include <thread>

#include "actors/alerting/webhook.hpp"
#include "actors/alerting/webhook_client.hpp"
#include "actors/db_writer.hpp"
#include "actors/metrics_aggregator.hpp"
#include "actors/metrics_history.hpp"
#include "actors/parser.hpp"
#include "actors/retention.hpp"
#include "actors/router.hpp"
#include "messages/service_log.hpp"

namespace parseflow {

namespace {

std::size_t parser_count(const parser_settings& parser) {
  return parser.count > 0 ? parser.count : std::max(1U, std::thread::hardware_concurrency());
}

} // namespace

supervisor::supervisor(caf::actor_config& config, settings configuration, box_sources sources,
                       receiver_actor receiver, fatal_callback on_fatal)
    : super(config), configuration_(std::move(configuration)), sources_(std::move(sources)),
      receiver_(std::move(receiver)), on_fatal_(std::move(on_fatal)) {}

supervisor::behavior_type supervisor::make_behavior() {
  set_down_handler([this](caf::down_msg& message) { down(message); });
  monitor(receiver_);
  spawn_webhook();
  spawn_boxes();
  if (sources_.retention)
    spawn_retention();
  return {
      [this](const metrics_query& question) { return delegate(aggregator_, question); },
      [this](const totals_query& question) { return delegate(aggregator_, question); },
      [this](const series_query& question) { return delegate(aggregator_, question); },
      [this](const watch_query& question) { return delegate(aggregator_, question); },
      [this](const cluster_counts& all) { send(aggregator_, all); },
      [this](status_atom) { return delegate(writer_, status_atom_v); },
      [this](const retention_status& status) {
        retention_status_ = status;
        send(writer_, status);
      },
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
  parsers_.clear();
  router_ = nullptr;
  aggregator_ = nullptr;
  history_ = nullptr;
  writer_ = nullptr;
  webhook_ = nullptr;
  webhook_client_ = nullptr;
  receiver_ = nullptr;
  sources_ = {};
}

void supervisor::spawn_boxes() {
  auto& system = home_system();
  router_ = spawn<router>();
  history_ = spawn<metrics_history>(configuration_.alerts.rules);
  aggregator_ = spawn<metrics_aggregator>(history_);
  // In a cluster every node answers for what it counted itself.
  const auto restored = configuration_.cluster.is_on() ? db::node_filter::only(configuration_.storage.node)
                                                       : db::node_filter::all();
  // Detached: it blocks on the database.
  writer_ = system.spawn<db_writer, caf::detached>(sources_.store(), configuration_.storage, receiver_,
                                                   aggregator_, restored);
  send(writer_, retention_status_);
  // The aggregator first: it must have counted what the writer tells it to take back.
  send(router_, attach_atom_v, route::metrics_only, caf::actor_cast<sink_actor>(aggregator_));
  send(router_, attach_atom_v, route::database_only, caf::actor_cast<sink_actor>(writer_));
  send(aggregator_, attach_atom_v, audience::node, caf::actor_cast<alert_sink_actor>(writer_));
  attach_webhook();
  monitor(router_);
  monitor(aggregator_);
  monitor(history_);
  monitor(writer_);
  alive_ = 4;
  parsers_.resize(parser_count(configuration_.parser));
  for (std::size_t i = 0; i < parsers_.size(); ++i)
    fill(i);
}

// Detached: it blocks on the database.
void supervisor::spawn_retention() {
  retention_ = home_system().spawn<retention, caf::detached>(sources_.retention(), receiver_,
                                                             retention_listener_actor{this});
  monitor(retention_);
}

void supervisor::fill(std::size_t place_index) {
  parsers_[place_index] = sources_.parser
                              ? sources_.parser(router_)
                              : parser_actor{spawn<parser>(router_, sources_.bounds, sources_.countries)};
  monitor(parsers_[place_index]);
  ++alive_;
  send(receiver_, attach_atom_v, static_cast<std::uint32_t>(place_index), parsers_[place_index]);
}

void supervisor::spawn_webhook() {
  if (configuration_.alerts.webhook_url.empty())
    return;
  webhook_client_ = std::make_shared<webhook_client>(configuration_.alerts.webhook_url);
  auto post = sources_.post;
  if (!post)
    post = [client = webhook_client_](const std::string& body) { return client->post(body); };
  // Detached: it blocks on the network.
  webhook_ = home_system().spawn<webhook, caf::detached>(std::move(post));
  monitor(webhook_);
}

void supervisor::attach_webhook() {
  if (!webhook_)
    return;
  send(webhook_, attach_atom_v, aggregator_);
  send(aggregator_, attach_atom_v, audience::outside, caf::actor_cast<alert_sink_actor>(webhook_));
}

void supervisor::down(const caf::down_msg& message) {
  if (message.source == receiver_.address()) {
    if (!is_stopping_)
      give_up("the receiver failed: " + home_system().render(message.reason));
    return;
  }
  if (retention_ && message.source == retention_.address()) {
    retention_ = nullptr;
    if (is_stopping_)
      quit_when_alone();
    else if (note_crash("retention failed and is replaced", message.reason))
      spawn_retention();
    return;
  }
  if (webhook_ && message.source == webhook_.address()) {
    webhook_ = nullptr;
    if (is_stopping_)
      quit_when_alone();
    else if (note_crash("the webhook failed and is replaced", message.reason)) {
      spawn_webhook();
      attach_webhook();
    }
    return;
  }
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
    give_up(home_system().render(message.reason));
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

// False: that was one too many.
bool supervisor::note_crash(const std::string& what, const caf::error& reason) {
  const auto now = clock().now();
  std::erase_if(crashes_, [now](const auto& at) { return now - at > crash_span; });
  crashes_.push_back(now);
  if (crashes_.size() > max_crashes) {
    give_up("boxes fail again and again: " + home_system().render(reason));
    return false;
  }
  log(log_level::error, name(), what, {{"reason", home_system().render(reason)}});
  return true;
}

// The old ones must be gone before the new ones begin: an old writer could still commit.
void supervisor::replace_all() {
  is_replacing_ = true;
  send(receiver_, reset_atom_v);
  dismiss_boxes();
}

void supervisor::dismiss_boxes() {
  for (const auto& box : parsers_)
    send_exit(box, caf::exit_reason::user_shutdown);
  if (router_)
    send_exit(router_, caf::exit_reason::user_shutdown);
  if (aggregator_)
    send_exit(aggregator_, caf::exit_reason::user_shutdown);
  if (history_)
    send_exit(history_, caf::exit_reason::user_shutdown);
  if (writer_)
    send_exit(writer_, caf::exit_reason::user_shutdown);
}

void supervisor::dismiss_retention() {
  if (retention_)
    send_exit(retention_, caf::exit_reason::user_shutdown);
}

void supervisor::dismiss_webhook() {
  if (!webhook_)
    return;
  send_exit(webhook_, caf::exit_reason::user_shutdown);
  webhook_client_->stop();
}

void supervisor::quit_when_alone() {
  if (alive_ == 0 && !retention_ && !webhook_)
    quit();
}

void supervisor::give_up(const std::string& sentence) {
  is_stopping_ = true;
  on_fatal_(sentence);
}

} // namespace parseflow
