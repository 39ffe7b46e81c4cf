// The rollups of one app over time, in bounded memory: minutes while young, coarser as they age.
#pragma once

#include <cstdint>
#include <map>

#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

/// Minutes for at least two hours, spans of ten minutes for at least 72 h, hours for at least 30 days, and
/// the sum of everything ever added. Spans start at multiples of their length.
class timeline {
public:
  /// Adds what was counted in the minute `at`. `now` decides the resolution it is kept in. What is older than
  /// 30 days or more than a day ahead is only in `all`.
  void add(minute at, const minute_rollup& data, minute now);

  /// Folds what has aged into coarser spans and drops what is too old (it stays in `all`). Cheap if nothing
  /// has aged: call it often.
  void age(minute now);

  /// Everything ever added.
  minute_rollup all() const;

  /// The sum of the spans that begin in [from, to). Exact for minutes that are multiples of the length that
  /// spans have at that age.
  minute_rollup between(minute from, minute to) const;

  /// The same of what `merge_totals` adds.
  minute_rollup totals_between(minute from, minute to) const;

  /// Requests whose own second lies in [from, to); exact while the minutes concerned are kept as minutes, of
  /// which coarser spans count nothing.
  std::uint64_t requests_between(std::chrono::sys_seconds from, std::chrono::sys_seconds to) const;

private:
  using spans = std::map<minute, minute_rollup>; // by start

  template <class Visitor>
  void each_between(minute from, minute to, Visitor visit) const;

  // Minutes that are still being counted are not yet in `settled_`: so each partial is merged once, not
  // twice.
  spans open_;
  spans minutes_, tens_, hours_;
  minute_rollup settled_;
};

} // namespace parseflow::rollup
