#include "actors/cluster/peer_gateway.hpp"

#include "messages/answer_timeouts.hpp"

namespace parseflow::actors {

peer_gateway::peer_gateway(self_pointer self, receiver_actor receiver, metrics_source_actor metrics,
                           alert_source_actor judge, members_actor members, peer_tails_actor tails)
    : box_state(self), receiver_(std::move(receiver)), metrics_(std::move(metrics)), judge_(std::move(judge)),
      members_(std::move(members)), tails_(std::move(tails)) {}

peer_gateway::behavior_type peer_gateway::make_behavior() {
  return {
      [this](const peer_tail& wish) { return self_->delegate(tails_, wish); },
      [this](const peer_lines& next) { self_->send(tails_, next); },
      [this](const peer_lines_taken& news) { self_->send(tails_, news); },
      [this](const hello& from) { return self_->delegate(members_, from); },
      [this](const over_wire<frame>& arrival) { return self_->delegate(receiver_, arrival.value); },
      [this](const metrics_query& question) { return ask<metrics_snapshot>(metrics_, question); },
      [this](const series_query& question) { return ask<series_sums>(metrics_, question); },
      [this](const watch_query& question) { return ask<watched_counts>(metrics_, question); },
      [this](const alerts_query& question) { return ask<alert_report>(judge_, question); },
      [this](leave_atom, const node_identity& who) {
        self_->send(members_, leave_atom_v, who);
        return true;
      },
  };
}

template <class Answer, class Box, class Question>
caf::result<over_wire<Answer>> peer_gateway::ask(const Box& box, const Question& question) {
  auto answer = self_->make_response_promise<over_wire<Answer>>();
  self_->request(box, answer_timeouts::own_boxes, question)
      .then(
          [answer](const std::shared_ptr<const Answer>& found) mutable {
            // A partial history would look complete: answer only once it is restored. Until then peers use
            // the database.
            if constexpr (requires { found->is_restored; })
              if (!found->is_restored) {
                answer.deliver(make_error(ec::not_ready, "what earlier runs counted is not restored yet"));
                return;
              }
            answer.deliver(over_wire<Answer>{found});
          },
          [answer](caf::error& problem) mutable { answer.deliver(std::move(problem)); });
  return answer;
}

} // namespace parseflow::actors
