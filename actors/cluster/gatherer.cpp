// Sends one question to all nodes, and merges the answers that come in time.
#include "actors/cluster/gatherer.hpp"

#include <algorithm>

#include "actors/metrics_history.hpp"
#include "messages/answer_timeouts.hpp"
#include "messages/cluster/merge_answers.hpp"
#include "messages/service_log.hpp"
#include "messages/system_time.hpp"
#include "messages/window_length.hpp"

namespace parseflow::actors {

namespace {

// True if some node's counts are neither in its own answer nor in the database's copy.
bool lacks_counts(const cluster_view& view) {
  return std::any_of(view.missing.begin(), view.missing.end(), [&](const std::string& node) {
    return std::find(view.from_database.begin(), view.from_database.end(), node) == view.from_database.end();
  });
}

// True if a node's counts are there but its alerts are not.
bool lacks_alerts(const cluster_view& counted, const cluster_view& alerts) {
  return !std::includes(alerts.answered.begin(), alerts.answered.end(), counted.answered.begin(),
                        counted.answered.end());
}

// Reading may take at most 1/20 of the time: the longer it takes, the longer the pause.
constexpr int archive_share = 20;

} // namespace

// A question that was sent, and its answers so far.
template <class Answer>
struct gatherer::gathering {
  caf::typed_response_promise<std::shared_ptr<const Answer>> promise;
  std::vector<std::shared_ptr<const Answer>> answers;          // the first is this node's
  std::map<std::string, std::shared_ptr<const Answer>> copies; // from the database, by node
  cluster_view view;
  caf::error own_problem;
  std::size_t open = 0; // nodes that have neither answered nor failed
};

gatherer::gatherer(self_pointer self, std::string node, metrics_source_actor own, watching_judge judge,
                   archive_actor archive, std::chrono::milliseconds deadline)
    : box_state(self), node_(std::move(node)), own_(std::move(own)), deadline_(deadline),
      judge_(std::move(judge)), archive_(std::move(archive)) {}

gatherer::behavior_type gatherer::make_behavior() {
  self_->delayed_send(self_, tick_interval, caf::tick_atom_v);
  return {
      [this](const metrics_query& question) -> caf::result<snapshot_ptr> {
        if (question.of == reach::this_node)
          return self_->delegate(own_, question);
        return ask_all<metrics_snapshot>(own_, question);
      },
      [this](const totals_query& question) { return ask_own(question); },
      [this](const series_query& question) { return ask_all<series_sums>(own_, question); },
      [this](const watch_query& question) { return ask_all<watched_counts>(own_, question); },
      [this](const alerts_query& question) -> caf::result<alert_report_ptr> {
        if (question.of == reach::this_node)
          return self_->delegate(judge_.box, question);
        return ask_all<alert_report>(judge_.box, question);
      },
      [this](const membership& now) {
        members_ = now;
        unchanged_ = std::chrono::seconds::zero();
        read_archive();
      },
      [this](const alert_rules& fresh) { judge_.windows = alerts::windows_of(fresh.all); },
      [this](caf::tick_atom) { tick(); },
  };
}

void gatherer::on_exit() {
  for (const auto& [node, copy] : copies_)
    self_->send_exit(copy, caf::exit_reason::user_shutdown);
}

template <class Answer, class Box, class Question>
caf::result<std::shared_ptr<const Answer>> gatherer::ask_all(const Box& own, const Question& question) {
  auto asked = std::make_shared<gathering<Answer>>();
  asked->promise = self_->make_response_promise<std::shared_ptr<const Answer>>();
  asked->answers.resize(1);
  asked->view.node = node_;
  asked->view.missing = members_.absent;
  asked->open = 1 + members_.live.size();
  self_->request(own, answer_timeouts::own_boxes, question)
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
    self_->request(peer.gateway, deadline_, question)
        .then(
            [this, asked, name = peer.identity.node](const over_wire<Answer>& answer) {
              asked->answers.push_back(answer.value);
              if constexpr (std::is_same_v<Answer, metrics_snapshot>)
                remember(name, answer.value);
              asked->view.answered.push_back(name);
              if constexpr (!std::is_same_v<Answer, alert_report>)
                drop_copy(name);
              finish(asked);
            },
            [this, asked, name = peer.identity.node](const caf::error&) {
              asked->view.missing.push_back(name);
              finish(asked);
            });
  if constexpr (!std::is_same_v<Answer, alert_report>) {
    asked->open += copies_.size();
    for (const auto& [node, copy] : copies_)
      self_->request(copy, answer_timeouts::own_boxes, question)
          .then(
              [this, asked, name = node](const std::shared_ptr<const Answer>& answer) {
                asked->copies.emplace(name, answer);
                finish(asked);
              },
              [this, asked](const caf::error&) { finish(asked); });
  }
  return asked->promise;
}

void gatherer::read_archive() {
  archive_query question{{node_}};
  for (const auto& peer : members_.live)
    question.live.push_back(peer.identity.node);
  next_reading_ = std::chrono::steady_clock::time_point::max();
  const auto read_again_after = [this](std::chrono::steady_clock::duration interval) {
    next_reading_ =
        self_->clock().now() + std::max<std::chrono::steady_clock::duration>(interval, absence_interval);
  };
  self_->request(archive_, answer_timeouts::busy_box, question)
      .then(
          [this, read_again_after, begin = self_->clock().now()](const archived_counts& found) {
            replace_copies(found);
            read_again_after((self_->clock().now() - begin) * archive_share);
          },
          [this, read_again_after](const caf::error& problem) {
            log(log_level::warn, box_name, "the counts of absent nodes cannot be read; this node tries again",
                {{"problem", self_->home_system().render(problem)}});
            read_again_after({});
          });
}

void gatherer::replace_copies(const archived_counts& found) {
  std::vector<std::string> gone;
  for (const auto& [node, copy] : copies_)
    if (!is_live(node) && std::none_of(found.nodes.begin(), found.nodes.end(),
                                       [&, name = node](const node_counts& one) { return one.node == name; }))
      gone.push_back(node);
  for (const auto& node : gone)
    drop_copy(node);
  for (const auto& one : found.nodes) {
    if (is_live(one.node)) // it came back meanwhile
      continue;
    drop_copy(one.node);
    forget(one.node);
    const auto copy = copies_.emplace(one.node, self_->spawn<boxed<metrics_history>>()).first;
    self_->send(copy->second, restored_counts{one.counts});
  }
}

void gatherer::drop_copy(const std::string& node) {
  const auto copy = copies_.find(node);
  if (copy == copies_.end())
    return;
  self_->send_exit(copy->second, caf::exit_reason::user_shutdown);
  copies_.erase(copy);
}

void gatherer::remember(const std::string& node, const snapshot_ptr& answer) {
  const std::pair key{answer->question.app, answer->question.span};
  if (last_answers_.size() == max_remembered && !last_answers_.contains(key))
    last_answers_.erase(last_answers_.begin());
  last_answers_[key][node] = answer;
}

void gatherer::forget(const std::string& node) {
  for (auto& [question, by_node] : last_answers_)
    by_node.erase(node);
}

// Null if the node has never answered this question, or so long ago that its answer covers another time.
snapshot_ptr gatherer::remembered(const std::string& node, const metrics_query& question) const {
  const auto same = last_answers_.find({question.app, question.span});
  if (same == last_answers_.end())
    return nullptr;
  const auto found = same->second.find(node);
  if (found == same->second.end())
    return nullptr;
  const auto age = question.now - found->second->question.now;
  if (question.span != window::all && age >= length_of(question.span))
    return nullptr;
  auto result = std::make_shared<metrics_snapshot>(*found->second);
  if (age >= std::chrono::minutes{1})
    result->requests_per_second = 0;
  return result;
}

bool gatherer::is_live(const std::string& node) const {
  return std::any_of(members_.live.begin(), members_.live.end(),
                     [&](const peer& one) { return one.identity.node == node; });
}

void gatherer::tick() {
  unchanged_ += tick_interval;
  if (unchanged_ == last_commit_grace || (!members_.absent.empty() && self_->clock().now() >= next_reading_))
    read_archive();
  for (const auto& [node, copy] : copies_)
    self_->request(copy, answer_timeouts::own_boxes, caf::tick_atom_v)
        .then([](bool) {}, [](const caf::error&) {});
  const auto give_up = [](const caf::error&) {};
  const auto now = system_time();
  self_->request(gatherer_actor{self_}, answer_timeouts::own_boxes, watch_query{judge_.windows, now})
      .then(
          [this, now, give_up](const watched_counts_ptr& counted) {
            self_->request(gatherer_actor{self_}, answer_timeouts::own_boxes, alerts_query{{}, now})
                .then([this, counted](const alert_report_ptr& alerts) { have_judged(counted, alerts); },
                      give_up);
          },
          give_up);
  self_->delayed_send(self_, tick_interval, caf::tick_atom_v);
}

// Without the counts of a node alerts would be resolved that are true, and without its alerts old ones would
// be announced again. But a node that never answers must not keep the alerts of all others from being judged.
void gatherer::have_judged(const watched_counts_ptr& counted, const alert_report_ptr& alerts) {
  constexpr auto none = std::chrono::seconds::zero();
  unjudged_ = lacks_counts(*counted->cluster) || lacks_alerts(*counted->cluster, *alerts->cluster)
                  ? unjudged_ + tick_interval
                  : none;
  if (unjudged_ != none && unjudged_ < judgement_timeout)
    return;
  const bool is_notifier = std::none_of(members_.live.begin(), members_.live.end(), [this](const peer& one) {
    return !one.is_leaving && one.identity.node < node_;
  });
  self_->send(judge_.box, cluster_counts{counted, alerts, is_notifier});
}

caf::result<totals_ptr> gatherer::ask_own(const totals_query& question) {
  auto promise = self_->make_response_promise<totals_ptr>();
  self_->request(own_, answer_timeouts::own_boxes, question)
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
  const auto& answered = asked->view.answered;
  for (const auto& [node, answer] : asked->copies) {
    if (std::find(answered.begin(), answered.end(), node) != answered.end())
      continue;
    asked->answers.push_back(answer);
    asked->view.from_database.push_back(node);
  }
  if constexpr (std::is_same_v<Answer, metrics_snapshot>)
    for (const auto& node : asked->view.missing)
      if (!asked->copies.contains(node))
        if (auto last = remembered(node, asked->answers.front()->question))
          asked->answers.push_back(std::move(last));
  auto merged = merge_answers(std::span{std::as_const(asked->answers)});
  if constexpr (requires { merged.cluster; }) {
    std::sort(asked->view.answered.begin(), asked->view.answered.end());
    std::sort(asked->view.missing.begin(), asked->view.missing.end());
    merged.cluster = std::move(asked->view);
  }
  asked->promise.deliver(std::make_shared<const Answer>(std::move(merged)));
}

} // namespace parseflow::actors
