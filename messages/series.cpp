// From sums to numbers.
#include "messages/series.hpp"

#include <algorithm>

namespace parseflow {

series to_series(const series_query& question, const series_sums& sums) {
  const auto span = std::max(question.step, std::chrono::minutes{1});
  series result;
  for (const auto& [start, sum] : sums.steps)
    if (const auto value = rollup::metric_value(question.metric, sum, span))
      result.points.push_back({start, *value});
  return result;
}

} // namespace parseflow
