// The last and the greatest of measured values, mergeable.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>

#include "messages/time.hpp"

namespace parseflow::rollup {

/// Values of one name. `last_at`, `last` and `max` are meaningful only if `count` is not 0.
struct gauge {
  /// Values seen.
  std::uint64_t count = 0;
  timestamp last_at{};
  /// The value with the latest time; of several with the same microsecond the greatest.
  double last = 0;
  double max = 0;

  bool operator==(const gauge&) const = default;
};

/// The gauge of a single value. Precondition: `value` is finite.
inline gauge gauge_of(timestamp at, double value) {
  value += 0.0; // no negative zero: equal gauges would have two encodings
  return {1, at, value, value};
}

/// Adds `from` to `into`.
inline void merge(gauge& into, const gauge& from) {
  if (from.count == 0)
    return;
  if (into.count == 0) {
    into = from;
    return;
  }
  into.count += from.count;
  if (std::tie(into.last_at, into.last) < std::tie(from.last_at, from.last)) {
    into.last_at = from.last_at;
    into.last = from.last;
  }
  into.max = std::max(into.max, from.max);
}

/// Subtracts values that were added. The last and the greatest value ever added stay, unless no value
/// is left.
inline void subtract(gauge& from, const gauge& counted) {
  from.count -= std::min(from.count, counted.count);
  if (from.count == 0)
    from = {};
}

/// A gauge whose values come with a unit.
struct unit_gauge {
  gauge values;
  /// The unit of the last value, as written; of several equal values with the same microsecond the
  /// alphabetically last unit.
  std::string unit;

  bool operator==(const unit_gauge&) const = default;
};

/// Adds `from` to `into`.
inline void merge(unit_gauge& into, const unit_gauge& from) {
  if (from.values.count == 0)
    return;
  const auto order = [](const unit_gauge& g) { return std::tie(g.values.last_at, g.values.last, g.unit); };
  if (into.values.count == 0 || order(into) < order(from))
    into.unit = from.unit;
  merge(into.values, from.values);
}

/// As for a gauge.
inline void subtract(unit_gauge& from, const unit_gauge& counted) {
  subtract(from.values, counted.values);
  if (from.values.count == 0)
    from = {};
}

} // namespace parseflow::rollup
