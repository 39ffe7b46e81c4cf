// JUDGE: raises and resolves alerts by the counts, and has them stored and announced.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "actors/box.hpp"
#include "messages/alerts/announcer.hpp"
#include "messages/alerts/evaluate.hpp"
#include "messages/interfaces.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

/// Whose counts the rules about apps are applied to. Rules about the database always use this node's.
enum class judged_counts : std::uint8_t { own, of_cluster };

/// Decides nothing itself: `alerts::evaluator` decides what is raised or resolved, `alerts::announcer` who is
/// notified. Spawn cooperatively: it never blocks.
class judge : public box_state<judge_actor> {
public:
  static constexpr const char* box_name = "judge";

  using wall_clock = std::function<timestamp()>;

  /// @param metrics The counts of this node.
  /// @param by With `of_cluster`, the counts come as `cluster_counts`.
  judge(self_pointer self, metrics_source_actor metrics, std::vector<alerts::rule> rules, judged_counts by,
        wall_clock clock = system_time);

  behavior_type make_behavior();

private:
  void tick();
  void take(const watched_counts& own);
  void take(const cluster_counts& all);
  void note(const writer_status& status);
  void take(const alert_rules& fresh);
  alert_report_ptr answer(const alerts_query& question) const;
  void judge_apps(const watched_counts& counted, std::span<const alert> open);
  void publish(const std::vector<alert>& changed, std::span<const alert> open = {});
  void send_out(const std::vector<alerts::announcement>& announced);

  struct alert_sink {
    alerts::audience wanted{};
    alert_sink_actor sink;
  };

  wall_clock now_;
  metrics_source_actor metrics_;
  std::vector<alerts::watched_window> windows_; // that the rules look at
  judged_counts judged_by_;
  alerts::evaluator alerts_;
  alerts::announcer announcer_;
  std::vector<alert_sink> sinks_;
  std::optional<webhook_status> webhook_;
  std::optional<writer_status> writer_;
  std::optional<timestamp> database_away_since_;
  bool is_restored_ = false; // it has the alerts of earlier runs
  bool is_asking_ = false;   // the question of the last tick is not answered yet
};

} // namespace parseflow::actors
