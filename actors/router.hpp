// ROUTER: sends each batch to every sink that it is for.
#pragma once

#include <vector>

#include "actors/box.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::actors {

/// Spawn cooperatively: it never blocks. It has no bound of its own: the receiver's budgets limit what is
/// under way.
class router : public box_state<router_actor> {
public:
  static constexpr const char* box_name = "router";

  explicit router(self_pointer self) : box_state(self) {}

  behavior_type make_behavior() {
    return {
        [this](add_sink_atom, delivery wanted, const sink_actor& sink) {
          sinks_.push_back({wanted, sink});
        },
        [this](const batch_ptr& next) {
          for (const auto& [wanted, sink] : sinks_)
            if (next->deliver_to == delivery::all || next->deliver_to == wanted)
              self_->send(sink, next);
        },
    };
  }

private:
  struct outlet {
    delivery deliver_to;
    sink_actor sink;
  };
  std::vector<outlet> sinks_;
};

} // namespace parseflow::actors
