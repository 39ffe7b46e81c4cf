// METRICS HISTORY: keeps what was counted over time, per app, answers questions about it, and judges the
// alerts.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/alerts/evaluate.hpp"
#include "messages/interfaces.hpp"
#include "messages/rollup/app_timelines.hpp"
#include "messages/system_time.hpp"

namespace parseflow {

/// Never in the way of batches: while it sums, the aggregator goes on counting. Spawn cooperatively: it never
/// blocks, but an answer may take milliseconds.
class metrics_history : public metrics_history_actor::base {
public:
  using super = metrics_history_actor::base;
  using wall_clock = std::function<timestamp()>;

  metrics_history(caf::actor_config& config, std::vector<alerts::rule> rules, wall_clock clock = system_time);

  const char* name() const override { return "metrics_history"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void add(const fresh_counts& fresh);
  void take_back(const stored_elsewhere& theirs);
  void note(const writer_status& status);
  snapshot_ptr answer(const metrics_query& question) const;
  totals_ptr answer(const totals_query& question) const;
  caf::result<series_sums_ptr> answer(const series_query& question) const;
  watched_counts_ptr answer(const watch_query& question) const;
  void tick();
  void judge(const cluster_counts& all);
  void publish(const std::vector<alert>& changed, std::span<const alert> open_elsewhere = {});
  void tell(audience to, const alert& one);
  void tell_untold(std::span<const alert> posted);
  void forget_old_news(timestamp now);
  static bool was_told(const alert& one, std::span<const alert> open_elsewhere);

  struct alert_sink {
    audience wanted{};
    alert_sink_actor sink;
  };
  struct dated_alert {
    timestamp at{};
    alert what;
  };

  wall_clock now_;
  rollup::app_timelines apps_;
  alerts::evaluator alerts_;
  alerts::watched_database database_;
  std::uint64_t counted_lines_ = 0; // of batches; stored or not
  std::vector<alert_sink> alert_sinks_;
  bool is_one_of_many_ = false;     // rules about apps judge what all nodes counted
  bool is_speaker_ = false;         // see `cluster_counts`
  std::vector<dated_alert> untold_; // another node is to tell the outside
  std::vector<dated_alert> posted_; // this node has told it
  std::optional<webhook_status> webhook_;
};

} // namespace parseflow
