// GATHERER: metrics and alerts of the whole cluster, asked of any node. Totals alone are each node's own: who
// scrapes them scrapes every node, and a counter must not fall because a node is away.
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

namespace parseflow {

/// Spawn cooperatively: it only merges.
class gatherer : public box_state<gatherer_actor> {
public:
  static constexpr const char* box_name = "gatherer";

  /// How often the alerts are judged.
  static constexpr std::chrono::seconds tick_interval{2};
  /// A node's last commit may end after the node: so long after it went its counts are read once more.
  static constexpr std::chrono::seconds last_commit_patience{10};
  /// How often at most they are read while it is away: one that is cut off from here alone goes on counting.
  static constexpr std::chrono::seconds absence_interval{60};
  /// How long alerts wait for the counts of nodes that do not answer.
  static constexpr std::chrono::seconds judgement_patience{10};
  /// Questions about metrics whose last answers are kept.
  static constexpr std::size_t max_remembered = 32;

  /// @param node This node's name.
  /// @param own What this node has counted itself.
  /// @param judge This node's; it learns what all nodes counted.
  /// @param windows What its rules look at.
  /// @param archive What absent nodes counted comes from here.
  /// @param deadline How long the peers may take.
  gatherer(self_pointer self, std::string node, metrics_source_actor own, cluster_judge_actor judge,
           std::vector<alerts::watched_window> windows, archive_actor archive,
           std::chrono::milliseconds deadline);

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
  cluster_judge_actor judge_;
  std::vector<alerts::watched_window> windows_;
  archive_actor archive_;
  membership members_;
  // What the database has of the nodes that are not there. That of a node that came back stays until it
  // answers.
  std::map<std::string, metrics_history_actor> copies_;
  // What nodes answered last, by app and window: it counts from when a node is silent until its copy is
  // there.
  std::map<std::pair<std::string, window>, std::map<std::string, snapshot_ptr>> last_answers_;
  std::chrono::steady_clock::time_point next_reading_{}; // of the archive, while nodes are away
  std::chrono::seconds unchanged_{0};                    // since the membership changed
  std::chrono::seconds unjudged_{0};                     // since the counts of all nodes were there
};

} // namespace parseflow
