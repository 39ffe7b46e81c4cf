// Frames go to the receiver, questions to the metrics.
#include "actors/cluster/door.hpp"

namespace parseflow {

door::door(caf::actor_config& config, node_identity own, receiver_actor receiver,
           metrics_source_actor metrics, members_actor members)
    : super(config), own_(std::move(own)), receiver_(std::move(receiver)), metrics_(std::move(metrics)),
      members_(std::move(members)) {}

door::behavior_type door::make_behavior() {
  return {
      [this](const call& from) {
        send(members_, from);
        return own_;
      },
      [this](const carried<frame>& arrival) { return delegate(receiver_, arrival.value); },
      [this](const metrics_query& question) { return ask<metrics_snapshot>(question); },
      [this](const series_query& question) { return ask<series_sums>(question); },
      [this](const watch_query& question) { return ask<watched_counts>(question); },
      [this](leave_atom, const node_identity& who) {
        send(members_, leave_atom_v, who);
        return true;
      },
  };
}

void door::on_exit() {
  multiplexed_responses_.clear(); // what waits there holds promises, and so this actor
  receiver_ = nullptr;
  metrics_ = nullptr;
  members_ = nullptr;
}

// Half of a past would look like the whole: until it is restored, others do better with the database.
template <class Answer, class Question>
caf::result<carried<Answer>> door::ask(const Question& question) {
  auto answer = make_response_promise<carried<Answer>>();
  request(receiver_, patience, status_atom_v)
      .then(
          [this, question, answer](const receiver_status& status) mutable {
            if (status.ready)
              pass_on(question, answer);
            else
              answer.deliver(make_error(ec::not_ready, "what earlier runs counted is not restored yet"));
          },
          [answer](caf::error& problem) mutable { answer.deliver(std::move(problem)); });
  return answer;
}

template <class Answer, class Question>
void door::pass_on(const Question& question, caf::typed_response_promise<carried<Answer>> answer) {
  request(metrics_, patience, question)
      .then(
          [answer](const std::shared_ptr<const Answer>& found) mutable {
            answer.deliver(carried<Answer>{found});
          },
          [answer](caf::error& problem) mutable { answer.deliver(std::move(problem)); });
}

} // namespace parseflow
