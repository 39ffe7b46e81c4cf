// The rollups of one app over time, in bounded memory: minutes while recent, coarser spans as they age.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "messages/rollup/minute_rollup.hpp"
#include "messages/rollup/packed_rollup.hpp"

namespace parseflow::rollup {

/// Minutes for at least two hours, spans of ten minutes for at least 72 h, hours for at least 30 days, and
/// the sum of everything ever added. Spans start at multiples of their length. Hours have only counts per
/// endpoint and dyno, no durations. Finished spans are kept packed, which saves memory. Sums over many spans
/// are cached while they are asked for, or prepared in advance, which makes answers fast.
class timeline {
public:
  timeline() = default;
  timeline(const timeline&) = delete;
  timeline& operator=(const timeline&) = delete;
  timeline(timeline&&) = default;
  timeline& operator=(timeline&&) = default;

  /// Adds what was counted in the minute `at`. `now` decides the resolution in which it is kept. Data older
  /// than 30 days or more than a day ahead goes only to `all`.
  void add(minute at, const minute_rollup& data, minute now);

  /// Adds everything that another timeline holds. Spans that have aged more in one than in the other are
  /// consistent again after the next `age`.
  void add(const timeline& other);

  /// Subtracts what was counted in the minute `at`: see `rollup::subtract`. Call `age` first, so that every
  /// minute is in the resolution for its age.
  void subtract(minute at, const minute_rollup& counted);

  /// Downsamples what has aged into coarser spans and drops what is too old (it stays in `all`). Cheap if
  /// nothing has aged, so call it often.
  void age(minute now);

  /// Prepares the sum that `between` needs for the last `length`, and those that it needs once the next few
  /// spans have left the window. One call adds at most `most_spans` spans; call it after each `age`. Use only
  /// a few different `length`s: each takes memory.
  void prepare(std::chrono::minutes length, std::size_t most_spans);

  /// Everything ever added; its counters fall only by what is subtracted.
  span_rollup all() const;

  /// The sum of the spans that begin in [from, to). Exact if both ends are multiples of the length that spans
  /// have at that age. The units of custom series are those that came first in the whole timeline.
  span_rollup between(minute from, minute to, extent detail = extent::all) const;

  /// Requests whose own second lies in [from, to); exact while the minutes concerned are kept as minutes;
  /// coarser spans are not counted.
  std::uint64_t requests_between(std::chrono::sys_seconds from, std::chrono::sys_seconds to) const;

private:
  using spans = std::map<minute, packed_rollup>; // by start

  // The sum of all settled spans that begin at `from` or later. What is added to those spans is added
  // here too.
  struct window_sum {
    minute from{};
    extent detail{};
    minute last_used{};
    span_rollup sum;
  };

  // Precomputed sums of a sliding window: one for each of its possible first spans.
  struct prepared_window {
    std::chrono::minutes length{};
    std::vector<window_sum> sums;
    std::optional<window_sum> building; // grows from the newest span to the oldest
  };

  void settle(minute at, const minute_rollup& data, minute now);
  template <class Rollup>
  void keep(spans& into, minute start, const Rollup& data);
  void will_pack(packed_rollup& span);
  void pack_spans();
  void downsample_minutes(minute now);
  void downsample_tens(minute now);
  void drop_hours(minute now);
  span_rollup settled_between(minute from, minute to, extent detail) const;
  span_rollup sum_of(minute from, minute to, extent detail) const;
  minute first_from(minute from) const;
  std::optional<minute> last_before(minute end) const;
  void add_span(window_sum& sum, minute start) const;
  const window_sum* known_sum(minute first, extent detail) const;
  template <class Predicate>
  void forget_sums(Predicate is_wrong);

  // Minutes that are still being counted are not yet in `settled_`, so each partial rollup is merged once,
  // not twice.
  std::map<minute, minute_rollup> open_;
  spans minutes_, tens_, hours_;
  span_rollup settled_;
  std::vector<packed_rollup*> unpacked_; // spans that were added to
  minute aged_{};                        // the `now` of the last ageing
  mutable std::vector<window_sum> sums_; // sums that were asked for
  std::vector<prepared_window> prepared_;
};

} // namespace parseflow::rollup
