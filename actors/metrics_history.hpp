// METRICS HISTORY: keeps the counts over time, per app, and answers questions about them.
#pragma once

#include <functional>

#include "actors/box.hpp"
#include "messages/interfaces.hpp"
#include "messages/rollup/app_timelines.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

/// Does not delay batches: while it sums, the aggregator goes on counting. Spawn cooperatively: it never
/// blocks, but an answer may take milliseconds.
class metrics_history : public box_state<metrics_history_actor> {
public:
  static constexpr const char* box_name = "metrics_history";

  using wall_clock = std::function<timestamp()>;

  explicit metrics_history(self_pointer self, wall_clock clock = system_time)
      : box_state(self), now_(std::move(clock)) {}

  behavior_type make_behavior();

private:
  void add(const fresh_counts& fresh);
  void begin_with(const restored_counts& earlier);
  void subtract(const stored_elsewhere& theirs);
  snapshot_ptr answer(const metrics_query& question) const;
  totals_ptr answer(const totals_query& question) const;
  caf::result<series_sums_ptr> answer(const series_query& question) const;
  watched_counts_ptr answer(const watch_query& question) const;
  void tick();

  wall_clock now_;
  rollup::app_timelines apps_;
  std::uint64_t counted_lines_ = 0; // in all batches, stored or not
  bool is_restored_ = false;        // it has the counts of earlier runs
};

} // namespace parseflow::actors
