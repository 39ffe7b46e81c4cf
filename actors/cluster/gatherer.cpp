// One question to all nodes, and one answer from what came in time.
#include "actors/cluster/gatherer.hpp"

#include <algorithm>

#include "actors/metrics_history.hpp"
#include "messages/cluster/merge_answers.hpp"
#include "messages/service_log.hpp"
#include "messages/system_time.hpp"
#include "messages/window_length.hpp"

namespace parseflow {

namespace {

// Neither by the node itself nor by the database, which is read when a node goes.
bool lacks_counts(const cluster_view& view) {
  return std::any_of(view.missing.begin(), view.missing.end(), [&](const std::string& node) {
    return std::find(view.from_database.begin(), view.from_database.end(), node) == view.from_database.end();
  });
}

// It may hold months.
constexpr std::chrono::seconds archive_patience{60};
// What is large is read more seldom: at most one part in so many of the time.
constexpr int archive_share = 20;

} // namespace

// A question that is under way.
template <class Answer>
struct gatherer::gathering {
  caf::typed_response_promise<std::shared_ptr<const Answer>> promise;
  std::vector<std::shared_ptr<const Answer>> answers;          // the first is this node's
  std::map<std::string, std::shared_ptr<const Answer>> copies; // from the database, by node
  cluster_view view;
  caf::error own_problem;
  std::size_t open = 0; // nodes that have neither answered nor failed
};

gatherer::gatherer(caf::actor_config& config, std::string node, metrics_source_actor own, judge_actor judge,
                   std::vector<alerts::watched_window> windows, archive_actor archive,
                   std::chrono::milliseconds deadline)
    : super(config), node_(std::move(node)), own_(std::move(own)), deadline_(deadline),
      judge_(std::move(judge)), windows_(std::move(windows)), archive_(std::move(archive)) {}

gatherer::behavior_type gatherer::make_behavior() {
  delayed_send(this, tick_interval, caf::tick_atom_v);
  return {
      [this](const metrics_query& question) { return ask_all<metrics_snapshot>(question); },
      [this](const totals_query& question) { return ask_own(question); },
      [this](const series_query& question) { return ask_all<series_sums>(question); },
      [this](const watch_query& question) { return ask_all<watched_counts>(question); },
      [this](const membership& now) {
        members_ = now;
        unchanged_ = std::chrono::seconds::zero();
        read_archive();
      },
      [this](caf::tick_atom) { tick(); },
  };
}

void gatherer::on_exit() {
  multiplexed_responses_.clear(); // what waits there holds promises, and so this actor
  for (const auto& [node, copy] : copies_)
    send_exit(copy, caf::exit_reason::user_shutdown);
  copies_.clear();
  own_ = nullptr;
  judge_ = nullptr;
  archive_ = nullptr;
  last_answers_.clear();
  members_ = {};
}

template <class Answer, class Question>
caf::result<std::shared_ptr<const Answer>> gatherer::ask_all(const Question& question) {
  auto asked = std::make_shared<gathering<Answer>>();
  asked->promise = make_response_promise<std::shared_ptr<const Answer>>();
  asked->answers.resize(1);
  asked->view.node = node_;
  asked->view.missing = members_.absent;
  asked->open = 1 + members_.live.size() + copies_.size();
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
              if constexpr (std::is_same_v<Answer, metrics_snapshot>)
                remember(name, answer.value);
              asked->view.answered.push_back(name);
              drop_copy(name);
              finish(asked);
            },
            [this, asked, name = peer.identity.node](const caf::error&) {
              asked->view.missing.push_back(name);
              finish(asked);
            });
  for (const auto& [node, copy] : copies_)
    request(copy, patience, question)
        .then(
            [this, asked, name = node](const std::shared_ptr<const Answer>& answer) {
              asked->copies.emplace(name, answer);
              finish(asked);
            },
            [this, asked](const caf::error&) { finish(asked); });
  return asked->promise;
}

void gatherer::read_archive() {
  archive_query question{{node_}};
  for (const auto& peer : members_.live)
    question.live.push_back(peer.identity.node);
  next_reading_ = std::chrono::steady_clock::time_point::max();
  const auto read_again_after = [this](std::chrono::steady_clock::duration pause) {
    next_reading_ = clock().now() + std::max<std::chrono::steady_clock::duration>(pause, absence_interval);
  };
  request(archive_, archive_patience, question)
      .then(
          [this, read_again_after, begin = clock().now()](const archived_counts& found) {
            replace_copies(found);
            read_again_after((clock().now() - begin) * archive_share);
          },
          [this, read_again_after](const caf::error& problem) {
            log(log_level::warn, name(), "what absent nodes counted cannot be read; it is tried again",
                {{"problem", home_system().render(problem)}});
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
    const auto copy = copies_.emplace(one.node, spawn<metrics_history>(std::vector<alerts::rule>{})).first;
    send(copy->second, restored_counts{one.counts});
  }
}

void gatherer::drop_copy(const std::string& node) {
  const auto copy = copies_.find(node);
  if (copy == copies_.end())
    return;
  send_exit(copy->second, caf::exit_reason::user_shutdown);
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

// Null if it has answered nothing of the kind, or so long ago that it would be about another time.
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
  if (unchanged_ == last_commit_patience || (!members_.absent.empty() && clock().now() >= next_reading_))
    read_archive();
  for (const auto& [node, copy] : copies_)
    request(copy, patience, caf::tick_atom_v).then([](bool) {}, [](const caf::error&) {});
  request(gatherer_actor{this}, patience, watch_query{windows_, system_time()})
      .then([this](const watched_counts_ptr& all) { have_judged(all); }, [](const caf::error&) {});
  delayed_send(this, tick_interval, caf::tick_atom_v);
}

// Counts that lack a node would end alerts that are true, but one that never answers must not keep all others
// from being judged.
void gatherer::have_judged(const watched_counts_ptr& all) {
  constexpr auto none = std::chrono::seconds::zero();
  unjudged_ = lacks_counts(*all->cluster) ? unjudged_ + tick_interval : none;
  if (unjudged_ != none && unjudged_ < judgement_patience)
    return;
  const bool is_speaker = std::none_of(members_.live.begin(), members_.live.end(), [this](const peer& one) {
    return !one.is_leaving && one.identity.node < node_;
  });
  send(judge_, cluster_counts{all, is_speaker});
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
  if constexpr (!std::is_same_v<Answer, series_sums>) {
    std::sort(asked->view.answered.begin(), asked->view.answered.end());
    std::sort(asked->view.missing.begin(), asked->view.missing.end());
    merged.cluster = std::move(asked->view);
  }
  asked->promise.deliver(std::make_shared<const Answer>(std::move(merged)));
}

} // namespace parseflow
