// ROUTER: one batch in, the same batch to every sink of its way.
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
        [this](attach_atom, route way, const sink_actor& sink) {
          sinks_.push_back({way, sink});
        },
        [this](const batch_ptr& next) {
          for (const auto& [way, sink] : sinks_)
            if (next->way == route::everywhere || next->way == way)
              send(sink, next);
        },
    };
  }

private:
  struct outlet {
    route way;
    sink_actor sink;
  };
  std::vector<outlet> sinks_;
};

} // namespace parseflow
