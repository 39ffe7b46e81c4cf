#include "actors/pipeline.hpp"

#include "actors/receiver.hpp"
#include "messages/answer_timeouts.hpp"
#include "messages/service_log.hpp"

namespace parseflow::actors {

pipeline::pipeline(caf::actor_system& system, const settings& configuration, db::journal::opened opened,
                   box_sources sources, fatal_callback on_fatal)
    : system_(system), watched_windows_(alerts::windows_of(configuration.alerts.rules)) {
  receiver_ = system.spawn<boxed<actors::receiver>, caf::detached>(configuration.receiver, std::move(opened));
  supervisor_ =
      system.spawn<boxed<supervisor>>(configuration, std::move(sources), receiver_, std::move(on_fatal));
  handles_ = {receiver_, receiver_, supervisor_, supervisor_, {}};
}

pipeline::~pipeline() {
  stop(std::chrono::milliseconds{0});
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
  handles_ = {};
  receiver_ = nullptr;
  supervisor_ = nullptr;
  return all_stored;
}

} // namespace parseflow::actors
