// DOOR: what peers ask of this node, passed on to its boxes.
#pragma once

#include "messages/cluster/interfaces.hpp"

namespace parseflow {

/// Spawn cooperatively, and publish it.
class door : public door_actor::base {
public:
  using super = door_actor::base;

  /// How long the boxes may take to answer a question.
  static constexpr std::chrono::seconds patience{4};

  door(caf::actor_config& config, node_identity own, receiver_actor receiver, metrics_source_actor metrics,
       alert_source_actor judge, members_actor members);

  const char* name() const override { return "door"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  template <class Answer, class Box, class Question>
  caf::result<carried<Answer>> ask(const Box& box, const Question& question);

  node_identity own_;
  receiver_actor receiver_;
  metrics_source_actor metrics_;
  alert_source_actor judge_;
  members_actor members_;
};

} // namespace parseflow
