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
       members_actor members);

  const char* name() const override { return "door"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  template <class Answer, class Question>
  caf::result<carried<Answer>> ask(const Question& question);
  template <class Answer, class Question>
  void pass_on(const Question& question, caf::typed_response_promise<carried<Answer>> answer);

  node_identity own_;
  receiver_actor receiver_;
  metrics_source_actor metrics_;
  members_actor members_;
};

} // namespace parseflow
