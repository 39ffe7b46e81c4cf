// One question to all nodes, and one answer from what came in time.
#include "actors/gatherer.hpp"

#include <algorithm>

#include "messages/merge_answers.hpp"

namespace parseflow {

// A question that is under way.
template <class Answer>
struct gatherer::gathering {
  caf::typed_response_promise<std::shared_ptr<const Answer>> promise;
  std::vector<std::shared_ptr<const Answer>> answers; // the first is this node's
  cluster_view view;
  caf::error own_problem;
  std::size_t open = 0; // nodes that have neither answered nor failed
};

gatherer::gatherer(caf::actor_config& config, std::string node, metrics_source_actor own,
                   std::chrono::milliseconds deadline)
    : super(config), node_(std::move(node)), own_(std::move(own)), deadline_(deadline) {}

gatherer::behavior_type gatherer::make_behavior() {
  return {
      [this](const metrics_query& question) { return ask_all<metrics_snapshot>(question); },
      [this](const totals_query& question) { return ask_own(question); },
      [this](const series_query& question) { return ask_all<series_sums>(question); },
      [this](const membership& now) { members_ = now; },
  };
}

void gatherer::on_exit() {
  own_ = nullptr;
  members_ = {};
}

template <class Answer, class Question>
caf::result<std::shared_ptr<const Answer>> gatherer::ask_all(const Question& question) {
  auto asked = std::make_shared<gathering<Answer>>();
  asked->promise = make_response_promise<std::shared_ptr<const Answer>>();
  asked->answers.resize(1);
  asked->view.node = node_;
  asked->view.missing = members_.absent;
  asked->open = 1 + members_.live.size();
  request(own_, patience, question)
      .then(
          [this, asked](const std::shared_ptr<const Answer>& answer) {
            asked->answers.front() = answer;
            asked->view.answered.push_back(node_);
            finish(asked);
          },
          [this, asked](caf::error& problem) {
            asked->own_problem = std::move(problem);
            finish(asked);
          });
  for (const auto& peer : members_.live)
    request(peer.door, deadline_, question)
        .then(
            [this, asked, name = peer.identity.node](const carried<Answer>& answer) {
              asked->answers.push_back(answer.value);
              asked->view.answered.push_back(name);
              finish(asked);
            },
            [this, asked, name = peer.identity.node](const caf::error&) {
              asked->view.missing.push_back(name);
              finish(asked);
            });
  return asked->promise;
}

caf::result<totals_ptr> gatherer::ask_own(const totals_query& question) {
  auto promise = make_response_promise<totals_ptr>();
  request(own_, patience, question)
      .then(
          [this, promise](const totals_ptr& answer) mutable {
            auto viewed = std::make_shared<app_totals>(*answer);
            viewed->cluster = cluster_view{node_, {node_}, members_.absent, {}};
            for (const auto& peer : members_.live)
              viewed->cluster->answered.push_back(peer.identity.node);
            promise.deliver(totals_ptr{std::move(viewed)});
          },
          [promise](caf::error& problem) mutable { promise.deliver(std::move(problem)); });
  return promise;
}

template <class Answer>
void gatherer::finish(const std::shared_ptr<gathering<Answer>>& asked) {
  if (--asked->open > 0)
    return;
  if (!asked->answers.front()) {
    asked->promise.deliver(std::move(asked->own_problem));
    return;
  }
  auto merged = merge_answers(std::span{std::as_const(asked->answers)});
  if constexpr (std::is_same_v<Answer, metrics_snapshot>) {
    std::sort(asked->view.answered.begin(), asked->view.answered.end());
    std::sort(asked->view.missing.begin(), asked->view.missing.end());
    merged.cluster = std::move(asked->view);
  }
  asked->promise.deliver(std::make_shared<const Answer>(std::move(merged)));
}

} // namespace parseflow
