// What an app's own numbers (l2met) add up to, by kind and name.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "messages/rollup/decimal_sum.hpp"
#include "messages/rollup/distinct_counter.hpp"
#include "messages/rollup/gauge.hpp"
#include "messages/rollup/histogram.hpp"
#include "messages/rollup/limits.hpp"
#include "messages/sample_record.hpp"

namespace parseflow::rollup {

/// `count#`: a sum.
struct count_series {
  std::uint64_t observations = 0;
  decimal_sum sum;

  bool operator==(const count_series&) const = default;
};

/// `sample#`: the last value of a gauge, and its range.
struct gauge_series {
  unit_gauge values;
  /// Means something only if there are values.
  double min = 0;

  bool operator==(const gauge_series&) const = default;
};

/// `measure#`: a distribution. Values are counted in thousandths, so that 0.4 ms is not nothing: exact to the
/// thousandth below 2, within 0.4 % above, up to 4 · 10^9. Negative ones count as 0.
struct measure_series {
  histogram thousandths;
  /// As written; of several the last in alphabet.
  std::string unit;

  /// What a number of thousandths stands for.
  static double value_of(std::uint64_t thousandths) { return static_cast<double>(thousandths) / 1000; }

  double quantile(double q) const { return value_of(thousandths.quantile_ms(q)); }
  double mean() const { return thousandths.mean_ms() / 1000; }

  bool operator==(const measure_series&) const = default;
};

/// `unique#`: a set of members.
struct unique_series {
  std::uint64_t observations = 0;
  distinct_counter members;

  bool operator==(const unique_series&) const = default;
};

/// The numbers that a series was told.
inline std::uint64_t observations(const count_series& s) {
  return s.observations;
}
inline std::uint64_t observations(const gauge_series& s) {
  return s.values.values.count;
}
inline std::uint64_t observations(const measure_series& s) {
  return s.thousandths.count();
}
inline std::uint64_t observations(const unique_series& s) {
  return s.observations;
}

/// Adds `from` to `into`.
void merge(count_series& into, const count_series& from);
void merge(gauge_series& into, const gauge_series& from);
void merge(measure_series& into, const measure_series& from);
void merge(unique_series& into, const unique_series& from);

/// An app's own numbers. A series is known by its name; if its lines name a source, by `NAME@SOURCE`. Names
/// beyond `limits::custom_series` of a kind share the series `other_name`. Merging is associative and
/// commutative while names stay within that.
struct custom_stats {
  template <class Series>
  using by_name = std::map<std::string, Series, std::less<>>;

  by_name<count_series> counts;
  by_name<gauge_series> gauges;
  by_name<measure_series> measures;
  by_name<unique_series> uniques;
  /// Numbers that were counted under `other_name`, for want of room or because their name is too long.
  std::uint64_t folded = 0;

  bool operator==(const custom_stats&) const = default;
};

/// Counts one custom sample under `name`. Markers (`event#`) are no numbers: nothing is counted of them.
void add(custom_stats& into, std::string_view name, const sample_record& sample, const limits& bounds);

/// Adds `from` to `into`.
void merge(custom_stats& into, const custom_stats& from, const limits& bounds);

} // namespace parseflow::rollup
