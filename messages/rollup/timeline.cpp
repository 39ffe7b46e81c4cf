#include "messages/rollup/timeline.hpp"

#include <algorithm>

#include "messages/rollup/span_start.hpp"
#include "messages/rollup/subtract.hpp"

namespace parseflow::rollup {

namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

// How long spans of each length are kept, counted from the end of the next coarser span that holds them.
constexpr minutes keep_minutes = 2h, keep_tens = 72h, keep_hours = 24h * 30;
// A minute is settled when the next one is over, because most lines have arrived by then.
constexpr minutes open_for = 1min;
// A clock that runs further ahead is wrong; without a bound such minutes could fill the memory.
constexpr minutes max_ahead = 24h;
// How many packed spans stay open until the next ageing. Late batches, and those of earlier runs, add to one
// span after the other.
constexpr std::size_t max_unpacked = 4;
// Sums over fewer than `few_spans` are computed each time; of larger sums `max_sums` are cached,
// for `forget_after`.
constexpr std::size_t few_spans = 16, max_sums = 4;
constexpr minutes forget_after = 2min;
// A prepared window has a sum for each of its first `spans_ahead` spans; when fewer than `least_ahead` are
// left the sums are computed again.
constexpr std::size_t spans_ahead = 6, least_ahead = 2;

// True if the span of `length` that holds `at` ended at least `kept` ago.
bool is_past(minute at, minutes length, minutes kept, minute now) {
  return span_start(at, length) + length + kept <= now;
}

// What a span of hours keeps. Durations per name are not asked for that far back, and they take most of
// the bytes.
span_rollup without_durations(span_rollup data) {
  data.endpoints.each_payload([](request_stats& stats) { stats.service = {}; });
  for (auto& [name, stats] : data.dynos)
    stats.service = {};
  return data;
}

// The requests of a minute whose second lies in [from, to).
std::uint64_t requests_in(minute start, const minute_rollup& data, std::chrono::sys_seconds from,
                          std::chrono::sys_seconds to) {
  std::uint64_t sum = 0;
  for (std::size_t second = 0; second < data.by_second.size(); ++second) {
    const auto when = start + std::chrono::seconds(second);
    if (when >= from && when < to)
      sum += data.by_second[second];
  }
  return sum;
}

} // namespace

void timeline::add(minute at, const minute_rollup& data, minute now) {
  if (at <= now + max_ahead && !is_past(at, 1min, open_for, now))
    merge(open_[at], data);
  else
    settle(at, data, now);
}

void timeline::add(const timeline& other) {
  merge(settled_, other.settled_);
  for (const auto& [start, span] : other.minutes_)
    keep(minutes_, start, span.value());
  for (const auto& [start, span] : other.tens_)
    keep<span_rollup>(tens_, start, span.value());
  for (const auto& [start, span] : other.hours_)
    keep<span_rollup>(hours_, start, span.value());
  for (const auto& [at, data] : other.open_)
    merge(open_[at], data);
}

void timeline::settle(minute at, const minute_rollup& data, minute now) {
  merge(settled_, data);
  if (at <= now + max_ahead) {
    if (!is_past(at, 10min, keep_minutes, now))
      keep(minutes_, at, data);
    else if (!is_past(at, 60min, keep_tens, now))
      keep<span_rollup>(tens_, span_start(at, 10min), data);
    else if (!is_past(at, 60min, keep_hours, now))
      keep(hours_, span_start(at, 60min), without_durations(data));
  }
}

template <class Rollup>
void timeline::keep(spans& into, minute start, const Rollup& data) {
  auto& span = into[start];
  span.add(data);
  const auto add_to = [&](window_sum& known) {
    if (start >= known.from)
      merge(known.sum, data, {}, known.detail);
  };
  std::for_each(sums_.begin(), sums_.end(), add_to);
  for (auto& window : prepared_) {
    std::for_each(window.sums.begin(), window.sums.end(), add_to);
    if (window.building)
      add_to(*window.building);
  }
  will_pack(span);
}

void timeline::will_pack(packed_rollup& span) {
  if (std::find(unpacked_.begin(), unpacked_.end(), &span) != unpacked_.end())
    return;
  if (unpacked_.size() == max_unpacked) {
    unpacked_.front()->pack();
    unpacked_.erase(unpacked_.begin());
  }
  unpacked_.push_back(&span);
}

void timeline::subtract(minute at, const minute_rollup& counted) {
  // What was dated too far ahead went to `settled_`, whatever is counted in its minute now.
  if (const auto open = open_.find(at); open != open_.end() && open->second.lines >= counted.lines)
    return rollup::subtract(open->second, counted);
  rollup::subtract(settled_, counted);
  const auto take_from = [&](spans& kept, minute start, const auto& gone) {
    const auto span = kept.find(start);
    if (span == kept.end())
      return false;
    span->second.subtract(gone);
    will_pack(span->second);
    const auto take_from_sum = [&](window_sum& known) {
      if (start >= known.from)
        rollup::subtract(known.sum, gone);
    };
    for (auto& window : prepared_) {
      std::for_each(window.sums.begin(), window.sums.end(), take_from_sum);
      if (window.building)
        take_from_sum(*window.building);
    }
    return true;
  };
  const span_rollup& without_seconds = counted;
  if (!take_from(minutes_, at, counted) && !take_from(tens_, span_start(at, 10min), without_seconds))
    take_from(hours_, span_start(at, 60min), without_durations(counted));
  sums_.clear(); // they are computed again when they are asked for
}

void timeline::age(minute now) {
  if (now == aged_)
    return pack_spans();
  aged_ = now;
  while (!open_.empty() && is_past(open_.begin()->first, 1min, open_for, now)) {
    const auto over = open_.extract(open_.begin());
    settle(over.key(), over.mapped(), now);
  }
  pack_spans(); // before spans go
  downsample_minutes(now);
  downsample_tens(now);
  drop_hours(now);
  std::erase_if(sums_, [now](const window_sum& known) {
    return known.last_used + forget_after < now || known.last_used > now;
  });
}

void timeline::pack_spans() {
  for (auto* const span : unpacked_)
    span->pack();
  unpacked_.clear();
}

void timeline::downsample_minutes(minute now) {
  while (!minutes_.empty() && is_past(minutes_.begin()->first, 10min, keep_minutes, now)) {
    const auto start = span_start(minutes_.begin()->first, 10min);
    span_rollup sum;
    for (auto at = minutes_.begin(); at != minutes_.end() && at->first < start + 10min;
         at = minutes_.erase(at))
      at->second.add_to(sum, extent::all);
    tens_[start].add(sum);
    tens_[start].pack();
    forget_sums(
        [start](const window_sum& known) { return start < known.from && known.from < start + 10min; });
  }
}

void timeline::downsample_tens(minute now) {
  while (!tens_.empty() && is_past(tens_.begin()->first, 60min, keep_tens, now)) {
    const auto start = span_start(tens_.begin()->first, 60min);
    span_rollup sum;
    for (auto at = tens_.begin(); at != tens_.end() && at->first < start + 60min; at = tens_.erase(at))
      at->second.add_to(sum, extent::all);
    hours_[start].add(without_durations(std::move(sum)));
    hours_[start].pack();
    forget_sums([start](const window_sum& known) { return known.from < start + 60min; });
  }
}

void timeline::drop_hours(minute now) {
  while (!hours_.empty() && is_past(hours_.begin()->first, 60min, keep_hours, now)) {
    const auto start = hours_.begin()->first;
    hours_.erase(hours_.begin());
    forget_sums([start](const window_sum& known) { return known.from <= start; });
  }
}

template <class Predicate>
void timeline::forget_sums(Predicate is_wrong) {
  std::erase_if(sums_, is_wrong);
  for (auto& window : prepared_) {
    std::erase_if(window.sums, is_wrong);
    if (window.building && is_wrong(*window.building))
      window.building.reset();
  }
}

void timeline::prepare(std::chrono::minutes length, std::size_t most_spans) {
  auto window = std::find_if(prepared_.begin(), prepared_.end(),
                             [length](const prepared_window& known) { return known.length == length; });
  if (window == prepared_.end())
    window = prepared_.insert(window, prepared_window{length, {}, {}});
  auto& sums = window->sums;
  auto& building = window->building;
  const auto begin = aged_ - length;
  std::erase_if(sums, [begin](const window_sum& known) { return known.from < begin; });

  std::vector<minute> starts; // of the first spans
  for (auto at = first_from(begin); at != minute::max() && starts.size() < spans_ahead;
       at = first_from(at + 1min))
    starts.push_back(at);
  const auto is_ready = [&](minute start) {
    return std::any_of(sums.begin(), sums.end(),
                       [start](const window_sum& known) { return known.from == start; });
  };
  const auto wanted = std::min(least_ahead, starts.size());
  if (!building &&
      std::all_of(starts.begin(), starts.begin() + static_cast<std::ptrdiff_t>(wanted), is_ready))
    return;
  if (!building)
    building.emplace(window_sum{minute::max(), extent::all, {}, {}});
  for (; most_spans > 0; --most_spans) {
    const auto next = last_before(building->from);
    if (!next || *next < begin)
      return building.reset();
    add_span(*building, *next);
    if (*next <= starts.back() && !is_ready(*next))
      sums.push_back(*building);
  }
}

// The start of the last settled span that begins before `end`.
std::optional<minute> timeline::last_before(minute end) const {
  std::optional<minute> last;
  for (const auto* kept : {&minutes_, &tens_, &hours_})
    if (const auto at = kept->lower_bound(end); at != kept->begin())
      last = std::max(last, std::optional{std::prev(at)->first});
  return last;
}

// Adds what begins at `start`, the last span before those in `sum`. While late lines arrive, spans of several
// lengths may begin there.
void timeline::add_span(window_sum& sum, minute start) const {
  for (const auto* kept : {&minutes_, &tens_, &hours_})
    if (const auto at = kept->find(start); at != kept->end())
      at->second.add_to(sum.sum, sum.detail);
  sum.from = start;
}

span_rollup timeline::all() const {
  auto sum = settled_;
  for (const auto& [at, data] : open_)
    merge(sum, data);
  return sum;
}

span_rollup timeline::between(minute from, minute to, extent detail) const {
  auto sum = settled_between(from, to, detail);
  for (auto at = open_.lower_bound(from); at != open_.end() && at->first < to; ++at)
    merge(sum, at->second, {}, detail);
  agree_on_units(sum.custom, settled_.custom);
  for (const auto& [at, data] : open_)
    agree_on_units(sum.custom, data.custom);
  return sum;
}

span_rollup timeline::settled_between(minute from, minute to, extent detail) const {
  std::size_t count = 0;
  bool is_open_ended = true;
  for (const auto* kept : {&minutes_, &tens_, &hours_}) {
    for (auto at = kept->lower_bound(from); at != kept->end() && count < few_spans; ++at)
      ++count;
    is_open_ended = is_open_ended && (kept->empty() || kept->rbegin()->first < to);
  }
  if (!is_open_ended || count < few_spans)
    return sum_of(from, to, detail);
  if (const auto* const known = known_sum(first_from(from), detail))
    return known->sum;
  if (sums_.size() == max_sums)
    sums_.erase(std::min_element(sums_.begin(), sums_.end(), [](const window_sum& a, const window_sum& b) {
      return a.last_used < b.last_used;
    }));
  sums_.push_back({from, detail, aged_, sum_of(from, to, detail)});
  return sums_.back().sum;
}

// The cached sum of all settled spans that begin at `first` or later; null if there is none. `first` is the
// start of a span.
const timeline::window_sum* timeline::known_sum(minute first, extent detail) const {
  for (const auto& window : prepared_)
    for (const auto& known : window.sums)
      if (known.detail == detail && known.from == first)
        return &known;
  for (auto& known : sums_)
    if (known.detail == detail && first_from(known.from) == first) {
      known.last_used = aged_;
      return &known;
    }
  return nullptr;
}

span_rollup timeline::sum_of(minute from, minute to, extent detail) const {
  span_rollup sum;
  for (const auto* kept : {&hours_, &tens_, &minutes_})
    for (auto at = kept->lower_bound(from); at != kept->end() && at->first < to; ++at)
      at->second.add_to(sum, detail);
  return sum;
}

// The start of the first settled span that begins at `from` or later.
minute timeline::first_from(minute from) const {
  auto first = minute::max();
  for (const auto* kept : {&minutes_, &tens_, &hours_})
    if (const auto at = kept->lower_bound(from); at != kept->end())
      first = std::min(first, at->first);
  return first;
}

std::uint64_t timeline::requests_between(std::chrono::sys_seconds from, std::chrono::sys_seconds to) const {
  std::uint64_t sum = 0;
  for (auto at = minutes_.lower_bound(std::chrono::floor<minutes>(from));
       at != minutes_.end() && at->first < to; ++at)
    sum += requests_in(at->first, at->second.value(extent::without_names), from, to);
  for (auto at = open_.lower_bound(std::chrono::floor<minutes>(from)); at != open_.end() && at->first < to;
       ++at)
    sum += requests_in(at->first, at->second, from, to);
  return sum;
}

} // namespace parseflow::rollup
