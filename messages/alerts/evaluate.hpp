// (rules, window, now) → alerts raised or resolved. Pure: the aggregator feeds it once per tick.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/alert.hpp"
#include "messages/rollup/minute_rollup.hpp"
#include "messages/settings.hpp"

namespace parseflow::alerts {

/// The state of all rules: which alerts are open and which were resolved within the last hour.
class evaluator {
public:
  explicit evaluator(alert_settings settings) : settings_(settings) {}

  /// Judges the rollup of the last `alert_settings::window`. An alert is raised once, `warning` or (at twice
  /// the limit and above) `critical`; an open warning becomes critical, but not the reverse. It is resolved
  /// when the value is no longer above the limit, or too few requests are left to tell. Says whether any
  /// alert was raised, resolved or became critical.
  bool evaluate(const rollup::minute_rollup& recent, timestamp now);

  /// Open alerts, and those resolved within the last hour; newest first. At most 100.
  const std::vector<alert>& alerts() const { return alerts_; }

private:
  /// What a rule says about a window that is above its limit.
  struct finding {
    bool is_critical = false;
    std::string message;
  };
  std::optional<finding> high_error_rate(const rollup::minute_rollup& recent) const;
  std::optional<finding> slow_response(const rollup::minute_rollup& recent) const;
  bool apply(std::string_view type, const std::optional<finding>& found, timestamp now);
  void forget(timestamp now);

  alert_settings settings_;
  std::vector<alert> alerts_;
};

} // namespace parseflow::alerts
