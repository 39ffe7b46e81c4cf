// ROUTER: sends each batch to every sink that it is for.
#pragma once

#include <utility>
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
        [this](const batch_group& next) {
          for (const auto& [wanted, sink] : sinks_)
            if (auto part = part_for(wanted, next); !part.all.empty())
              self_->send(sink, std::move(part));
        },
    };
  }

private:
  struct outlet {
    delivery deliver_to;
    sink_actor sink;
  };

  static batch_group part_for(delivery wanted, const batch_group& group) {
    batch_group part;
    part.all.reserve(group.all.size());
    for (const auto& next : group.all)
      if (next->deliver_to == delivery::all || next->deliver_to == wanted)
        part.all.push_back(next);
    return part;
  }

  std::vector<outlet> sinks_;
};

} // namespace parseflow::actors
