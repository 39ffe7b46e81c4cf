// METRICS HISTORY: keeps what was counted over time, per app, and answers questions about it.
#pragma once

#include <functional>

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

  explicit metrics_history(caf::actor_config& config, wall_clock clock = system_time)
      : super(config), now_(std::move(clock)) {}

  const char* name() const override { return "metrics_history"; }

protected:
  behavior_type make_behavior() override;

private:
  void add(const fresh_counts& fresh);
  void begin_with(const restored_counts& earlier);
  void take_back(const stored_elsewhere& theirs);
  snapshot_ptr answer(const metrics_query& question) const;
  totals_ptr answer(const totals_query& question) const;
  caf::result<series_sums_ptr> answer(const series_query& question) const;
  watched_counts_ptr answer(const watch_query& question) const;
  void tick();

  wall_clock now_;
  rollup::app_timelines apps_;
  std::uint64_t counted_lines_ = 0; // of batches; stored or not
  bool is_restored_ = false;        // what earlier runs counted is there
};

} // namespace parseflow
