#include "actors/pipeline.hpp"

#include "actors/receiver.hpp"
#include "actors/registrar.hpp"
#include "messages/answer_timeouts.hpp"
#include "messages/service_log.hpp"

namespace parseflow::actors {

namespace {

// Detached: it blocks on the database. Nothing replaces it: no drain could be let in meanwhile.
registrar_actor spawn_registrar(caf::actor_system& system, const settings& configuration,
                                std::unique_ptr<db::registry_store> store, fatal_callback on_fatal) {
  auto box = system.spawn<boxed<registrar>, caf::detached>(std::move(store), configuration.storage.directory,
                                                           environment_drains(configuration.http.drains));
  caf::actor_cast<caf::abstract_actor*>(box)->attach_functor(
      [&system, on_fatal = std::move(on_fatal)](const caf::error& reason) {
        if (reason && reason != caf::exit_reason::user_shutdown)
          on_fatal("the registrar failed: " + system.render(reason));
      });
  return box;
}

} // namespace

pipeline::pipeline(caf::actor_system& system, const settings& configuration, db::journal::opened opened,
                   box_sources sources, fatal_callback on_fatal)
    : system_(system), watched_windows_(alerts::windows_of(configuration.alerts.rules)) {
  receiver_ = system.spawn<boxed<actors::receiver>, caf::detached>(configuration.receiver, std::move(opened));
  if (sources.registry)
    registrar_ = spawn_registrar(system, configuration, sources.registry(), on_fatal);
  supervisor_ =
      system.spawn<boxed<supervisor>>(configuration, std::move(sources), receiver_, std::move(on_fatal));
  handles_ = {receiver_, receiver_, supervisor_, supervisor_, {}, registrar_, supervisor_};
}

pipeline::~pipeline() {
  stop(std::chrono::milliseconds{0});
}

void pipeline::take_up(const alert_rules& rules, const retention_settings& kept) {
  caf::anon_send(supervisor_, rules);
  caf::anon_send(supervisor_, kept);
}

bool pipeline::stop(std::chrono::milliseconds timeout) {
  if (!supervisor_)
    return true;
  bool all_stored = false;
  caf::scoped_actor self{system_};
  // With zero timeout skip the settle request and its warning.
  if (timeout.count() > 0)
    self->request(receiver_, timeout, settle_atom_v)
        .receive([&](bool settled) { all_stored = settled; },
                 [&](const caf::error&) {
                   log(log_level::warn, "pipeline",
                       "the database does not have everything yet: the rest is in the journal");
                 });
  self->request(supervisor_, answer_timeouts::stop_of_boxes, stop_atom_v)
      .receive([](bool) {}, [](const caf::error&) {});
  caf::anon_send_exit(receiver_, caf::exit_reason::user_shutdown);
  self->wait_for(supervisor_, receiver_);
  if (registrar_) {
    if (timeout.count() > 0)
      self->request(registrar_, answer_timeouts::stop_of_registrar, stop_atom_v)
          .receive([](bool) {}, [](const caf::error&) {});
    caf::anon_send_exit(registrar_, caf::exit_reason::user_shutdown);
  }
  handles_ = {};
  receiver_ = nullptr;
  registrar_ = nullptr;
  supervisor_ = nullptr;
  return all_stored;
}

} // namespace parseflow::actors
