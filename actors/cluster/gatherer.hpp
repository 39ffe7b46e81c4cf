// GATHERER: answers questions about metrics and alerts for the whole cluster, on any node. Only totals are
// this node's alone: a scraper asks every node, and a counter must not fall because a node is away.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/box.hpp"
#include "messages/cluster/interfaces.hpp"
#include "messages/cluster/membership.hpp"

namespace parseflow::actors {

/// Spawn cooperatively: it only merges.
class gatherer : public box_state<gatherer_actor> {
public:
  static constexpr const char* box_name = "gatherer";

  /// How often the alerts are judged.
  static constexpr std::chrono::seconds tick_interval{2};
  /// A dying node's last commit may land late: re-read its counts once, this long after it left.
  static constexpr std::chrono::seconds last_commit_grace{10};
  /// While a node is absent re-read at most this often: it may still run, unreachable only from here.
  static constexpr std::chrono::seconds absence_interval{60};
  /// How long the judge waits for the counts of nodes that do not answer.
  static constexpr std::chrono::seconds judgement_timeout{10};
  /// The most questions about metrics whose last answers are kept.
  static constexpr std::size_t max_remembered = 32;

  /// @param node This node's name.
  /// @param own The counts of this node.
  /// @param judge This node's judge; gets the counts of all nodes.
  /// @param archive The counts of absent nodes.
  /// @param deadline How long the peers may take to answer.
  gatherer(self_pointer self, std::string node, metrics_source_actor own, watching_judge judge,
           archive_actor archive, std::chrono::milliseconds deadline);

  void on_exit();

  behavior_type make_behavior();

private:
  template <class Answer>
  struct gathering;

  template <class Answer, class Box, class Question>
  caf::result<std::shared_ptr<const Answer>> ask_all(const Box& own, const Question& question);
  void read_archive();
  void replace_copies(const archived_counts& found);
  void drop_copy(const std::string& node);
  void remember(const std::string& node, const snapshot_ptr& answer);
  void forget(const std::string& node);
  snapshot_ptr remembered(const std::string& node, const metrics_query& question) const;
  bool is_live(const std::string& node) const;
  void tick();
  void have_judged(const watched_counts_ptr& counted, const alert_report_ptr& alerts);
  caf::result<totals_ptr> ask_own(const totals_query& question);
  template <class Answer>
  void finish(const std::shared_ptr<gathering<Answer>>& asked);

  std::string node_;
  metrics_source_actor own_;
  std::chrono::milliseconds deadline_;
  watching_judge judge_;
  archive_actor archive_;
  membership members_;
  // The counts of absent nodes, from the database. The copy of a node that came back stays until that
  // node answers.
  std::map<std::string, metrics_history_actor> copies_;
  // The last answers of nodes, by app and window. They stand in for a silent node until its copy is there.
  std::map<std::pair<std::string, window>, std::map<std::string, snapshot_ptr>> last_answers_;
  std::chrono::steady_clock::time_point next_reading_{}; // of the archive, while nodes are absent
  std::chrono::seconds unchanged_{0};                    // since the last change of the membership
  std::chrono::seconds unjudged_{0};                     // since the counts of all nodes were last there
};

} // namespace parseflow::actors
