// Which resolution a minute is kept in, and sums over spans.
#include "messages/rollup/timeline.hpp"

#include <initializer_list>

namespace parseflow::rollup {

namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

// How long spans of a length are kept, from the end of the next coarser span that holds them.
constexpr minutes keep_minutes = 2h, keep_tens = 72h, keep_hours = 24h * 30;
// A minute is settled when the next one is over: most lines are there then.
constexpr minutes open_for = 1min;
// A clock that runs further ahead is wrong; unbounded, such minutes could fill the memory.
constexpr minutes max_ahead = 24h;

minute start_of(minute at, minutes length) {
  const auto since = at.time_since_epoch();
  return minute(since - ((since % length) + length) % length);
}

// True if the span of `length` that holds `at` ended at least `kept` ago.
bool is_past(minute at, minutes length, minutes kept, minute now) {
  return start_of(at, length) + length + kept <= now;
}

// Moves all spans that the coarser ones of `length` take over.
template <class Sink>
void fold(std::map<minute, minute_rollup>& from, minutes length, minutes kept, minute now, Sink sink) {
  while (!from.empty() && is_past(from.begin()->first, length, kept, now)) {
    sink(start_of(from.begin()->first, length), from.begin()->second);
    from.erase(from.begin());
  }
}

} // namespace

void timeline::add(minute at, const minute_rollup& data, minute now) {
  if (at <= now + max_ahead) {
    if (!is_past(at, 1min, open_for, now)) {
      merge(open_[at], data);
      return;
    }
    if (!is_past(at, 10min, keep_minutes, now))
      merge(minutes_[at], data);
    else if (!is_past(at, 60min, keep_tens, now))
      merge(tens_[start_of(at, 10min)], data);
    else if (!is_past(at, 60min, keep_hours, now))
      merge(hours_[start_of(at, 60min)], data);
  }
  merge(settled_, data);
}

void timeline::age(minute now) {
  fold(open_, 1min, open_for, now, [&](minute start, const minute_rollup& data) {
    merge(settled_, data);
    merge(minutes_[start], data);
  });
  fold(minutes_, 10min, keep_minutes, now,
       [&](minute start, const minute_rollup& data) { merge(tens_[start], data); });
  fold(tens_, 60min, keep_tens, now,
       [&](minute start, const minute_rollup& data) { merge(hours_[start], data); });
  fold(hours_, 60min, keep_hours, now, [](minute, const minute_rollup&) {});
}

minute_rollup timeline::all() const {
  auto sum = settled_;
  for (const auto& [start, data] : open_)
    merge(sum, data);
  return sum;
}

template <class Visitor>
void timeline::each_between(minute from, minute to, Visitor visit) const {
  for (const auto* kept : {&hours_, &tens_, &minutes_, &open_})
    for (auto at = kept->lower_bound(from); at != kept->end() && at->first < to; ++at)
      visit(at->second);
}

minute_rollup timeline::between(minute from, minute to) const {
  minute_rollup sum;
  each_between(from, to, [&](const minute_rollup& span) { merge(sum, span); });
  return sum;
}

minute_rollup timeline::totals_between(minute from, minute to) const {
  minute_rollup sum;
  each_between(from, to, [&](const minute_rollup& span) { merge_totals(sum, span); });
  return sum;
}

std::uint64_t timeline::requests_between(std::chrono::sys_seconds from, std::chrono::sys_seconds to) const {
  std::uint64_t sum = 0;
  for (const auto* kept : {&minutes_, &open_})
    for (auto at = kept->lower_bound(std::chrono::floor<minutes>(from)); at != kept->end() && at->first < to;
         ++at)
      for (std::size_t second = 0; second < at->second.by_second.size(); ++second) {
        const auto when = at->first + std::chrono::seconds(second);
        if (when >= from && when < to)
          sum += at->second.by_second[second];
      }
  return sum;
}

} // namespace parseflow::rollup
