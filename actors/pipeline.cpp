// The wiring of the boxes.
#include "actors/pipeline.hpp"

#include <algorithm>
#include <thread>

#include "actors/db_writer.hpp"
#include "actors/metrics_aggregator.hpp"
#include "actors/parser.hpp"
#include "actors/receiver.hpp"
#include "actors/router.hpp"
#include "messages/service_log.hpp"

namespace parseflow {

namespace {

template <class Handle>
void ask_to_exit(const Handle& box) {
  caf::anon_send_exit(box, caf::exit_reason::user_shutdown);
}

} // namespace

supervisor::supervisor(caf::actor_config& config, std::function<parser_actor()> spawn_parser,
                       std::size_t parsers, receiver_actor receiver,
                       std::vector<caf::strong_actor_ptr> others, fatal_callback on_fatal)
    : super(config), spawn_parser_(std::move(spawn_parser)), parsers_(parsers),
      receiver_(std::move(receiver)), others_(std::move(others)), on_fatal_(std::move(on_fatal)) {}

supervisor::behavior_type supervisor::make_behavior() {
  set_down_handler([this](caf::down_msg& message) { down(message); });
  monitor(receiver_);
  for (const auto& box : others_)
    monitor(box->address());
  for (std::size_t i = 0; i < parsers_.size(); ++i)
    fill(i);
  return {
      [this](stop_atom) {
        stop_boxes();
        quit(caf::exit_reason::user_shutdown);
        return true;
      },
  };
}

void supervisor::on_exit() {
  stop_boxes();
  parsers_.clear();
  others_.clear();
  receiver_ = nullptr;
  spawn_parser_ = nullptr;
}

void supervisor::fill(std::size_t place_index) {
  parsers_[place_index] = spawn_parser_();
  monitor(parsers_[place_index]);
  send(receiver_, attach_atom_v, static_cast<std::uint32_t>(place_index), parsers_[place_index]);
}

void supervisor::down(const caf::down_msg& message) {
  if (stopping_)
    return;
  const auto failed = std::find_if(parsers_.begin(), parsers_.end(),
                                   [&](const parser_actor& p) { return p.address() == message.source; });
  if (failed == parsers_.end()) {
    on_fatal_("a box of the pipeline failed: " + home_system().render(message.reason));
    return;
  }
  const auto now = clock().now();
  std::erase_if(crashes_, [now](const auto& at) { return now - at > crash_span; });
  crashes_.push_back(now);
  if (crashes_.size() > max_crashes) {
    on_fatal_("parsers fail again and again: " + home_system().render(message.reason));
    return;
  }
  log(log_level::error, name(), "a parser failed and is replaced",
      {{"reason", home_system().render(message.reason)}});
  fill(static_cast<std::size_t>(failed - parsers_.begin()));
}

void supervisor::stop_boxes() {
  if (std::exchange(stopping_, true))
    return;
  if (receiver_)
    ask_to_exit(receiver_);
  for (const auto& box : parsers_)
    ask_to_exit(box);
  for (const auto& box : others_)
    ask_to_exit(caf::actor_cast<caf::actor>(box));
}

pipeline::pipeline(caf::actor_system& system, const settings& configuration, std::unique_ptr<db::store> store,
                   std::shared_ptr<const db::country_database> countries, fatal_callback on_fatal)
    : system_(system) {
  handles_.receiver = system.spawn<receiver>(configuration.receiver);
  handles_.aggregator = system.spawn<metrics_aggregator>(configuration.alerts);
  handles_.writer =
      system.spawn<db_writer, caf::detached>(std::move(store), configuration.storage, configuration.receiver,
                                             handles_.receiver, handles_.aggregator);
  auto fan_out = system.spawn<router>();
  caf::anon_send(fan_out, attach_atom_v, caf::actor_cast<sink_actor>(handles_.aggregator));
  caf::anon_send(fan_out, attach_atom_v, caf::actor_cast<sink_actor>(handles_.writer));
  rollup::country_lookup lookup;
  if (countries)
    lookup = [countries](std::string_view address) { return countries->lookup(address); };
  const auto spawn_parser = [&system, fan_out, lookup] {
    return parser_actor{system.spawn<parser>(fan_out, rollup::limits{}, lookup)};
  };
  const std::size_t parsers = configuration.parser.count > 0
                                  ? configuration.parser.count
                                  : std::max(1U, std::thread::hardware_concurrency());
  std::vector<caf::strong_actor_ptr> others{caf::actor_cast<caf::strong_actor_ptr>(fan_out),
                                            caf::actor_cast<caf::strong_actor_ptr>(handles_.aggregator),
                                            caf::actor_cast<caf::strong_actor_ptr>(handles_.writer)};
  supervisor_ = system.spawn<supervisor>(spawn_parser, parsers, handles_.receiver, std::move(others),
                                         std::move(on_fatal));
}

pipeline::~pipeline() {
  stop(std::chrono::milliseconds{0});
}

bool pipeline::stop(std::chrono::milliseconds patience) {
  if (!supervisor_)
    return true;
  bool all_stored = false;
  caf::scoped_actor self{system_};
  self->request(handles_.receiver, patience, drain_atom_v)
      .receive([&](bool drained) { all_stored = drained; },
               [&](const caf::error&) {
                 log(log_level::warn, "pipeline",
                     "stopping although not everything is stored; it was not acknowledged");
               });
  self->request(supervisor_, std::chrono::seconds{5}, stop_atom_v)
      .receive([](bool) {}, [](const caf::error&) {});
  self->wait_for(handles_.receiver, handles_.aggregator, handles_.writer);
  handles_ = {};
  supervisor_ = nullptr;
  return all_stored;
}

} // namespace parseflow
