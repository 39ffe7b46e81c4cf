// The HTTP side's ear for the registrar: takes its news, and asks it to look.
#pragma once

#include <functional>

#include "messages/interfaces.hpp"

namespace parseflow::http {

/// Speaks to the registrar for the drain register. Does nothing without a registrar. Any thread may call.
class registry_link {
public:
  registry_link(caf::actor_system& system, registrar_actor registrar);
  /// Calls `stop`.
  ~registry_link();
  registry_link(const registry_link&) = delete;
  registry_link& operator=(const registry_link&) = delete;

  bool has_registrar() const { return static_cast<bool>(registrar_); }

  /// From now on calls `take` with all news, on the registrar's thread. What `take` returns goes to the
  /// registrar. Call once.
  void listen(std::function<registry_uses(const registry_news&)> take);

  /// Has the registrar look at the database soon.
  void ask_to_look() const;

  /// No call of `take` is under way afterwards, and none will come.
  void stop();

private:
  caf::actor_system& system_;
  registrar_actor registrar_;
  registry_listener_actor listener_; // an actor_companion
};

} // namespace parseflow::http
