#include "messages/series.hpp"
#include "messages/rollup/metric_value.hpp"

#include <algorithm>

namespace parseflow {

std::vector<series> to_series(const series_query& question, const series_sums& sums) {
  const auto span = std::max(question.step, std::chrono::minutes{1});
  rollup::custom_stats units;
  for (const auto& step : sums.steps)
    rollup::merge(units, step.sum.custom, {});
  std::vector<series> result;
  for (const auto& metric : question.metrics)
    result.push_back({metric, {}});
  const auto add = [&](minute start, const rollup::span_rollup& sum) {
    for (auto& one : result)
      if (const auto value = rollup::metric_value(one.metric, sum, span))
        one.points.push_back({start, *value});
  };
  for (const auto& step : sums.steps) {
    if (units.gauges.empty() && units.measures.empty()) {
      add(step.start, step.sum);
    } else {
      auto sum = step.sum;
      agree_on_units(sum.custom, units);
      add(step.start, sum);
    }
  }
  return result;
}

} // namespace parseflow
