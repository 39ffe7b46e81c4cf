#include "http/registry_link.hpp"

#include <future>
#include <memory>
#include <utility>

#include <caf/send.hpp>

namespace parseflow::http {

registry_link::registry_link(caf::actor_system& system, registrar_actor registrar)
    : system_(system), registrar_(std::move(registrar)) {}

void registry_link::listen(std::function<registry_uses(const registry_news&)> take,
                           std::chrono::milliseconds patience) {
  if (!registrar_)
    return;
  auto first = std::make_shared<std::promise<void>>();
  const auto heard = first->get_future();
  news_.listen(system_, [take = std::move(take), registrar = registrar_,
                         first = std::move(first)](const caf::message& content) mutable {
    const auto& news = content.get_as<registry_news>(0);
    auto uses = take(news);
    if (news.copy && first)
      std::exchange(first, nullptr)->set_value();
    if (!uses.empty())
      caf::anon_send(registrar, std::move(uses));
  });
  caf::anon_send(registrar_, subscribe_atom_v, news_.handle());
  heard.wait_for(patience);
}

void registry_link::ask_to_look() const {
  if (registrar_)
    caf::anon_send(registrar_, look_atom_v);
}

void registry_link::report(registry_uses uses) const {
  if (registrar_ && !uses.empty())
    caf::anon_send(registrar_, std::move(uses));
}

} // namespace parseflow::http
