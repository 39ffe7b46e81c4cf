// The HTTP side's ear for the registrar: takes its news, and asks it to look.
#pragma once

#include <chrono>
#include <functional>

#include "http/connections/message_listener.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::http {

/// Speaks to the registrar for the registers of drains and keys. Does nothing without a registrar. Any thread
/// may call.
class registry_link {
public:
  registry_link(caf::actor_system& system, registrar_actor registrar);

  bool has_registrar() const { return static_cast<bool>(registrar_); }

  /// From now on calls `take` with all news, on the registrar's thread. What `take` returns goes to the
  /// registrar. Returns when a registry, or a copy of it, was taken, or after `patience`. Call once.
  void listen(std::function<registry_uses(const registry_news&)> take, std::chrono::milliseconds patience);

  /// Has the registrar look at the database soon.
  void ask_to_look() const;

  /// Hands uses over that no news have taken along.
  void report(registry_uses uses) const;

  /// No call of `take` is under way afterwards, and none will come.
  void stop() { news_.stop(); }

private:
  caf::actor_system& system_;
  registrar_actor registrar_;
  message_listener<registry_listener_actor, registry_news> news_;
};

} // namespace parseflow::http
