// An actor system without threads: the test runs every message and controls the time.
#pragma once

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "messages/settings/config.hpp"

namespace parseflow::test {

struct still_config : config {
  still_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// Derive a test fixture from it. The test must make actors that tick exit, for example with `stop`.
struct still_system {
  still_config configuration;
  caf::actor_system system{configuration};
  caf::scoped_actor self{system, true};
  caf::scheduler::test_coordinator& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());

  ~still_system() {
    while (scheduler.try_run_once() || scheduler.trigger_timeout()) {
    }
  }

  /// Runs all queued messages.
  void run() { scheduler.run(); }

  /// Advances the time and runs what becomes due.
  void advance(std::chrono::milliseconds span) {
    scheduler.advance_time(span);
    scheduler.run();
  }

  /// Sends a question to a box and returns its answer.
  template <class Answer, class Handle, class... Question>
  Answer ask(const Handle& box, Question&&... question) {
    auto pending = self->request(box, caf::infinite, std::forward<Question>(question)...);
    scheduler.run();
    Answer result{};
    pending.receive([&](Answer& answer) { result = std::move(answer); },
                    [&](caf::error& problem) { throw std::runtime_error(system.render(problem)); });
    return result;
  }

  template <class... Handles>
  void stop(const Handles&... boxes) {
    (caf::anon_send_exit(boxes, caf::exit_reason::user_shutdown), ...);
    scheduler.run();
  }
};

} // namespace parseflow::test
