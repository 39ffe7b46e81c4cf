// ROUTER: sends each batch to every sink that it is for.
#pragma once

#include <vector>

#include "actors/box.hpp"
#include "messages/interfaces.hpp"

namespace parseflow {

/// Spawn cooperatively: it never blocks. It has no bound of its own: the receiver's budgets limit what is
/// under way.
class router : public box_state<router_actor> {
public:
  static constexpr const char* box_name = "router";

  explicit router(self_pointer self) : box_state(self) {}

  behavior_type make_behavior() {
    return {
        [this](attach_atom, route way, const sink_actor& sink) {
          sinks_.push_back({way, sink});
        },
        [this](const batch_ptr& next) {
          for (const auto& [way, sink] : sinks_)
            if (next->way == route::everywhere || next->way == way)
              self_->send(sink, next);
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
