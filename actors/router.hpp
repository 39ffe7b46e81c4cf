// ROUTER: one batch in, the same batch to every sink.
#pragma once

#include <vector>

#include "messages/interfaces.hpp"

namespace parseflow {

/// Spawn cooperatively: it never blocks. Nothing is bounded here: the receiver admits no more than its
/// budgets.
class router : public router_actor::base {
public:
  using super = router_actor::base;

  explicit router(caf::actor_config& config) : super(config) {}

  const char* name() const override { return "router"; }
  void on_exit() override { sinks_.clear(); }

protected:
  behavior_type make_behavior() override {
    return {
        [this](attach_atom, const sink_actor& sink) { sinks_.push_back(sink); },
        [this](const batch_ptr& next) {
          for (const auto& sink : sinks_)
            send(sink, next);
        },
    };
  }

private:
  std::vector<sink_actor> sinks_;
};

} // namespace parseflow
