// JUDGE: raises and resolves alerts by what was counted, and has them stored and announced.
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

namespace parseflow {

/// By whose counts rules about apps are judged. Those about the database are about this node's.
enum class judged_counts : std::uint8_t { own, of_cluster };

/// Decides nothing itself: `alerts::evaluator` says what is raised or resolved, `alerts::announcer` who
/// learns of it. Spawn cooperatively: it never blocks.
class judge : public box_state<judge_actor> {
public:
  static constexpr const char* box_name = "judge";

  using wall_clock = std::function<timestamp()>;

  /// @param metrics What this node has counted.
  /// @param by `of_cluster`: `cluster_counts` will come.
  judge(self_pointer self, metrics_source_actor metrics, std::vector<alerts::rule> rules, judged_counts by,
        wall_clock clock = system_time);

  behavior_type make_behavior();

private:
  void tick();
  void take(const watched_counts& own);
  void take(const cluster_counts& all);
  void note(const writer_status& status);
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
  std::vector<alerts::watched_window> windows_; // of this node's counts; none in a cluster
  judged_counts judged_by_;
  alerts::evaluator alerts_;
  alerts::announcer announcer_;
  std::vector<alert_sink> sinks_;
  std::optional<webhook_status> webhook_;
  std::uint64_t stored_lines_ = 0;
  std::optional<timestamp> database_away_since_;
  bool is_restored_ = false; // the alerts of earlier runs are there
  bool is_asking_ = false;   // the counts of the last tick are under way
};

} // namespace parseflow
