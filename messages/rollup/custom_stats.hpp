// Totals of an app's own numbers (l2met), by kind and name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "messages/rollup/by_name.hpp"
#include "messages/rollup/decimal_sum.hpp"
#include "messages/rollup/distinct_counter.hpp"
#include "messages/rollup/distribution.hpp"
#include "messages/rollup/gauge.hpp"
#include "messages/rollup/limits.hpp"
#include "messages/rollup/sample_unit.hpp"
#include "messages/sample_record.hpp"

namespace parseflow::rollup {

/// `count#`: a sum.
struct count_series {
  std::uint64_t observations = 0;
  decimal_sum sum;

  bool operator==(const count_series&) const = default;
};

/// `sample#`: the last value of a gauge, and its range. Values are stored as `kept_value` returns them.
struct gauge_series {
  series_unit unit;
  gauge values;
  /// Meaningful only if there are values.
  double min = 0;

  bool operator==(const gauge_series&) const = default;
};

/// `measure#`: a distribution of values, stored as `kept_value` returns them.
struct measure_series {
  series_unit unit;
  distribution values;

  bool operator==(const measure_series&) const = default;
};

/// `unique#`: a set of members.
struct unique_series {
  std::uint64_t observations = 0;
  distinct_counter members;

  bool operator==(const unique_series&) const = default;
};

/// How many numbers the series has received.
inline std::uint64_t observations(const count_series& s) {
  return s.observations;
}
inline std::uint64_t observations(const gauge_series& s) {
  return s.values.count;
}
inline std::uint64_t observations(const measure_series& s) {
  return s.values.count();
}
inline std::uint64_t observations(const unique_series& s) {
  return s.observations;
}

/// Adds `from` to `into`.
void merge(count_series& into, const count_series& from);
void merge(gauge_series& into, const gauge_series& from);
void merge(measure_series& into, const measure_series& from);
void merge(unique_series& into, const unique_series& from);

/// Ends the name in a `series_key`.
inline constexpr char end_of_name = '\x1f';

/// The key of a series of gauges or measures: its name, and the kind of its unit if it has one, so that no
/// series mixes units that cannot be converted into each other.
std::string series_key(std::string_view name, std::string_view unit);

/// The name in a `series_key`.
inline std::string_view name_of(std::string_view key) {
  return key.substr(0, key.find(end_of_name));
}

/// An app's own numbers. The key of a series is its name, or `NAME@SOURCE` if its lines name a source; for
/// gauges and measures it is the `series_key` of that. Names beyond `limits::custom_series` of a kind share
/// the series `other_name`, which has no unit: its times are microseconds. Merging is associative and
/// commutative while names stay within that bound.
struct custom_stats {
  by_name<count_series> counts;
  by_name<gauge_series> gauges;
  by_name<measure_series> measures;
  by_name<unique_series> uniques;
  /// Numbers that were counted under `other_name`, because there was no room for their name or it was
  /// too long.
  std::uint64_t overflow = 0;

  bool operator==(const custom_stats&) const = default;
};

/// Counts one custom sample under `name`. Ignores markers (`event#`), which are not numbers.
void add(custom_stats& into, std::string_view name, const sample_record& sample, const limits& bounds);

/// Adds `from` to `into`.
void merge(custom_stats& into, const custom_stats& from, const limits& bounds);

/// The series with this name whose unit came first, even if it holds no values here; null if there is none.
template <class Series>
const Series* first_series(const by_name<Series>& all, std::string_view name) {
  const Series* first = nullptr;
  for (auto at = all.lower_bound(name); at != all.end() && at->first.starts_with(name); ++at)
    if (name_of(at->first) == name && (!first || is_before(at->second.unit, first->unit)))
      first = &at->second;
  return first;
}

/// Copies to `into` which unit came first for each of its names, from all series of `known` with that
/// name; adds a series without values where necessary. So a name has the same unit in every part of what
/// was counted.
void agree_on_units(custom_stats& into, const custom_stats& known);

} // namespace parseflow::rollup
