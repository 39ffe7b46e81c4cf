// The rollups of one app over time, in bounded memory: minutes while young, coarser as they age.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "messages/rollup/minute_rollup.hpp"
#include "messages/rollup/packed_rollup.hpp"

namespace parseflow::rollup {

/// Minutes for at least two hours, spans of ten minutes for at least 72 h, hours for at least 30 days, and
/// the sum of everything ever added. Spans start at multiples of their length. Hours have no durations per
/// endpoint and dyno, only their counts. What is over is kept packed, and sums over many spans are remembered
/// while they are asked for, or made before they are: so memory is small, and answers are quick.
class timeline {
public:
  timeline() = default;
  timeline(const timeline&) = delete;
  timeline& operator=(const timeline&) = delete;
  timeline(timeline&&) = default;
  timeline& operator=(timeline&&) = default;

  /// Adds what was counted in the minute `at`. `now` decides the resolution it is kept in. What is older than
  /// 30 days or more than a day ahead is only in `all`.
  void add(minute at, const minute_rollup& data, minute now);

  /// Adds all that another timeline holds. Spans that have aged more in one than in the other are right again
  /// after the next `age`.
  void add(const timeline& other);

  /// Takes back what was counted in the minute `at`: see `rollup::take_back`. Call `age` before, so
  /// that all minutes are where their age wants them.
  void take_back(minute at, const minute_rollup& counted);

  /// Folds what has aged into coarser spans and drops what is too old (it stays in `all`). Cheap if nothing
  /// has aged: call it often.
  void age(minute now);

  /// Makes the sum that `between` needs for the last `length`, before it is asked for, and those that it
  /// needs when the next few spans have left the window. Adds up to `most_spans` spans to it: call it after
  /// each `age`. `length` is one of few.
  void prepare(std::chrono::minutes length, std::size_t most_spans);

  /// Everything ever added: its counters fall only by what is taken back.
  minute_rollup all() const;

  /// The sum of the spans that begin in [from, to). Exact for minutes that are multiples of the length that
  /// spans have at that age. The units of custom series are those that came first of all.
  minute_rollup between(minute from, minute to, extent detail = extent::all) const;

  /// Requests whose own second lies in [from, to); exact while the minutes concerned are kept as minutes, of
  /// which coarser spans count nothing.
  std::uint64_t requests_between(std::chrono::sys_seconds from, std::chrono::sys_seconds to) const;

private:
  using spans = std::map<minute, packed_rollup>; // by start

  // The sum of all settled spans that begin at `from` or later. What is added to these is added here too.
  struct window_sum {
    minute from{};
    extent detail{};
    minute last_used{};
    minute_rollup sum;
  };

  // Sums for a window that moves on: of the first spans in it, each is the begin of one.
  struct prepared_window {
    std::chrono::minutes length{};
    std::vector<window_sum> sums;
    std::optional<window_sum> building; // grows from the newest span to the oldest
  };

  void settle(minute at, const minute_rollup& data, minute now);
  void keep(spans& into, minute start, const minute_rollup& data);
  void will_pack(packed_rollup& span);
  void pack_spans();
  void fold_minutes(minute now);
  void fold_tens(minute now);
  void drop_hours(minute now);
  minute_rollup settled_between(minute from, minute to, extent detail) const;
  minute_rollup sum_of(minute from, minute to, extent detail) const;
  minute first_from(minute from) const;
  std::optional<minute> last_before(minute end) const;
  void add_span(window_sum& sum, minute start) const;
  const window_sum* known_sum(minute first, extent detail) const;
  template <class Predicate>
  void forget_sums(Predicate is_wrong);

  // Minutes that are still being counted are not yet in `settled_`: so each partial is merged once, not
  // twice.
  std::map<minute, minute_rollup> open_;
  spans minutes_, tens_, hours_;
  minute_rollup settled_;
  std::vector<packed_rollup*> unpacked_; // spans that were added to
  minute aged_{};                        // the `now` of the last ageing
  mutable std::vector<window_sum> sums_; // that were asked for
  std::vector<prepared_window> prepared_;
};

} // namespace parseflow::rollup
