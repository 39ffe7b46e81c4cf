#include "http/registry_link.hpp"

#include <utility>

#include <caf/actor_companion.hpp>

namespace parseflow::http {

registry_link::registry_link(caf::actor_system& system, registrar_actor registrar)
    : system_(system), registrar_(std::move(registrar)) {}

registry_link::~registry_link() {
  stop();
}

void registry_link::listen(std::function<registry_uses(const registry_news&)> take) {
  if (!registrar_)
    return;
  const auto companion = system_.spawn<caf::actor_companion>();
  caf::actor_cast<caf::actor_companion*>(companion)->on_enqueue(
      [take = std::move(take), registrar = registrar_](caf::mailbox_element_ptr element) {
        auto content = element->move_content_to_message();
        if (!content.match_elements<registry_news>())
          return;
        auto uses = take(content.get_as<registry_news>(0));
        if (!uses.empty())
          caf::anon_send(registrar, std::move(uses));
      });
  listener_ = caf::actor_cast<registry_listener_actor>(companion);
  caf::anon_send(registrar_, subscribe_atom_v, listener_);
}

void registry_link::ask_to_look() const {
  if (registrar_)
    caf::anon_send(registrar_, look_atom_v);
}

void registry_link::stop() {
  if (!listener_)
    return;
  auto* const companion = caf::actor_cast<caf::actor_companion*>(listener_);
  companion->on_enqueue({}); // returns when no call is under way
  companion->cleanup(caf::exit_reason::user_shutdown, nullptr);
  listener_ = nullptr;
}

} // namespace parseflow::http
