// The units of an app's own numbers: which of them can be converted, and which one a series is shown in.
#pragma once

#include <string>
#include <string_view>
#include <tuple>

#include "messages/time.hpp"

namespace parseflow::rollup {

/// What units of a kind have in common: they can be converted. Times are a kind: ns, us (or µs), ms, s, m (or
/// min) and h. Every other unit is a kind of its own: kB is 1000 bytes to some and 1024 to others.
std::string_view kind_of_unit(std::string_view unit);

/// The number that a value is kept as, so that those of one kind can be added: of times the microseconds, of
/// all else the value itself.
double kept_value(double value, std::string_view unit);

/// The reverse; of times to 15 digits.
double shown_value(double kept, std::string_view unit);

/// The unit that a series is shown in: that of its first value.
struct series_unit {
  /// As written.
  std::string text;
  /// When its first value was told. The latest time there is: it has none.
  timestamp since = timestamp::max();

  bool operator==(const series_unit&) const = default;
};

/// True if the first value of `a` was before that of `b`. Of several at the same microsecond the unit
/// decides.
inline bool is_before(const series_unit& a, const series_unit& b) {
  return std::tie(a.since, a.text) < std::tie(b.since, b.text);
}

/// Adds `from` to `into`: the first of both stays.
inline void merge(series_unit& into, const series_unit& from) {
  if (is_before(from, into))
    into = from;
}

} // namespace parseflow::rollup
