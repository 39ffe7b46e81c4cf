// The units of an app's own numbers: which ones can be converted, and in which one a series is shown.
#pragma once

#include <string>
#include <string_view>
#include <tuple>

#include "messages/time.hpp"

namespace parseflow::rollup {

/// The kind of a unit: units of one kind can be converted into each other. Times are one kind: ns, us
/// (or µs), ms, s, m (or min) and h. Every other unit is its own kind: kB is 1000 bytes to some and 1024
/// to others.
std::string_view kind_of_unit(std::string_view unit);

/// The number that is stored for a value, so that values of one kind can be added: microseconds for times,
/// otherwise the value itself.
double kept_value(double value, std::string_view unit);

/// The reverse of `kept_value`; times are rounded to 15 digits.
double shown_value(double kept, std::string_view unit);

/// The unit in which a series is shown: the one of its first value.
struct series_unit {
  /// As written.
  std::string text;
  /// The time of the series' first value; the maximum if it has none.
  timestamp since = timestamp::max();

  bool operator==(const series_unit&) const = default;
};

/// True if the first value of `a` was before that of `b`. If both have the same microsecond, the
/// unit decides.
inline bool is_before(const series_unit& a, const series_unit& b) {
  return std::tie(a.since, a.text) < std::tie(b.since, b.text);
}

/// Adds `from` to `into`, which keeps the earlier of the two.
inline void merge(series_unit& into, const series_unit& from) {
  if (is_before(from, into))
    into = from;
}

} // namespace parseflow::rollup
