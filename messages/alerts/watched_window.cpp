#include "messages/alerts/watched_window.hpp"

#include <algorithm>

#include "messages/alerts/metric.hpp"
#include "messages/rollup/metric_value.hpp"

namespace parseflow::alerts {

watched_window window_of(const rule& judged) {
  return {judged.window, rollup::extent_of(judged.metric)};
}

std::vector<watched_window> windows_of(std::span<const rule> rules) {
  std::vector<watched_window> result;
  for (const auto& each : rules)
    if (!is_of_database(each.metric) && each.metric != silent_minutes)
      result.push_back(window_of(each));
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

rollup::span_rollup sum_of(const rollup::timeline& counted, watched_window window, timestamp now) {
  return counted.between(minute_of(now - window.length), minute_of(now) + std::chrono::minutes{1},
                         window.detail);
}

} // namespace parseflow::alerts
