// PEER GATEWAY: passes the messages of peers on to this node's boxes.
#pragma once

#include "actors/box.hpp"
#include "messages/cluster/interfaces.hpp"

namespace parseflow::actors {

/// Spawn cooperatively, and publish it.
class peer_gateway : public box_state<peer_gateway_actor> {
public:
  static constexpr const char* box_name = "peer_gateway";

  peer_gateway(self_pointer self, receiver_actor receiver, metrics_source_actor metrics,
               alert_source_actor judge, members_actor members, peer_tails_actor tails);

  behavior_type make_behavior();

private:
  template <class Answer, class Box, class Question>
  caf::result<over_wire<Answer>> ask(const Box& box, const Question& question);

  receiver_actor receiver_;
  metrics_source_actor metrics_;
  alert_source_actor judge_;
  members_actor members_;
  peer_tails_actor tails_;
};

} // namespace parseflow::actors
