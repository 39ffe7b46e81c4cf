// (rules, window, now) → alerts raised or resolved. Pure: the aggregator feeds it once per tick.
#pragma once

#include <optional>
#include <vector>

#include "messages/alert.hpp"
#include "messages/rollup/minute_rollup.hpp"
#include "messages/settings.hpp"

namespace parseflow::alerts {

/// The state of all rules: which alerts are open and which were resolved within the last hour.
class evaluator {
public:
  explicit evaluator(alert_settings settings) : settings_(settings) {}

  /// Judges the rollup of the last `alert_settings::window`. Raises and resolves alerts; says whether any changed.
  bool evaluate(const rollup::minute_rollup& recent, timestamp now);

  /// Open alerts, and those resolved within the last hour; newest first.
  const std::vector<alert>& alerts() const { return alerts_; }

private:
  alert_settings settings_;
  std::vector<alert> alerts_;
};

} // namespace parseflow::alerts
