// A series of numbers, computed from the sums of its steps.
#pragma once

#include <string>
#include <vector>

#include "messages/answers.hpp"

namespace parseflow {

/// One step of a series; steps in which nothing was counted are left out.
struct series_point {
  minute start{};
  double value = 0;

  bool operator==(const series_point&) const = default;
};

/// A series in time order.
struct series {
  std::string metric;
  std::vector<series_point> points;
};

/// For each metric its value in every step that has one. All values of a metric are in the unit that came
/// first in any step. Precondition: `rollup::is_metric` of each.
std::vector<series> to_series(const series_query& question, const series_sums& sums);

} // namespace parseflow
