// Named numbers of a rollup: the metrics that series and alert rules ask for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/rollup/span_rollup.hpp"

namespace parseflow::rollup {

/// The value of a named series in `value`: `requests`, `p95_ms` (see `metric_names`), or `code:H12`,
/// `dyno_p95_ms:web.1` (a family of `metric_families`, a colon, and a name from the traffic). Nothing for a
/// quantile, mean or percentage without observations, or for an unknown name where 0 would claim a
/// measurement. `span` is the length of time that rates refer to. Precondition: `is_metric(name)`.
std::optional<double> metric_value(std::string_view name, const span_rollup& value,
                                   std::chrono::seconds span);

/// All names that `metric_value` knows whatever the traffic.
const std::vector<std::string_view>& metric_names();

/// The families of further names, such as `code`.
const std::vector<std::string_view>& metric_families();

/// True if `name` is one of `metric_names`, or a family with a name.
bool is_metric(std::string_view name);

/// True if `name` is a family with a name from the traffic.
bool is_of_family(std::string_view name);

/// True if `name` is about a dyno or an endpoint, and so is meaningful only for a single app.
/// Precondition: `is_metric(name)`.
bool is_of_one_app(std::string_view name);

/// How much of a rollup `metric_value` needs for `name`. Precondition: `is_metric(name)`.
extent extent_of(std::string_view name);

/// Removes from `sum` whatever takes memory and is not needed for `metric_value` of these names, except
/// `lines`, so that many sums fit in memory. Sums that were cut for the same names can be merged.
/// Precondition: `is_metric` of each name.
void keep_for(std::span<const std::string> names, span_rollup& sum);

} // namespace parseflow::rollup
