// METRICS AGGREGATOR: merges the batches' partial rollups per app, answers questions about them, and judges
// the alerts.
#pragma once

#include <string>

#include "messages/alerts/evaluate.hpp"
#include "messages/interfaces.hpp"
#include "messages/rollup/app_timelines.hpp"

namespace parseflow {

/// Spawn cooperatively: it only merges. Its clock is the batches' and the questions' own time.
class metrics_aggregator : public metrics_aggregator_actor::base {
public:
  using super = metrics_aggregator_actor::base;

  metrics_aggregator(caf::actor_config& config, alert_settings alerts);

  const char* name() const override { return "metrics_aggregator"; }

protected:
  behavior_type make_behavior() override;

private:
  void add(const std::string& app, minute at, const rollup::minute_rollup& data);
  snapshot_ptr answer(const metrics_query& question) const;
  caf::result<series> answer(const series_query& question) const;
  void tick();

  rollup::app_timelines apps_;
  alert_settings settings_;
  alerts::evaluator alerts_;
};

} // namespace parseflow
