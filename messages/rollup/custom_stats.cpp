// Counting and merging of an app's own numbers.
#include "messages/rollup/custom_stats.hpp"

#include <algorithm>

namespace parseflow::rollup {

void merge(count_series& into, const count_series& from) {
  into.observations += from.observations;
  into.sum.add(from.sum);
}

void merge(gauge_series& into, const gauge_series& from) {
  if (observations(from) == 0)
    return;
  into.min = observations(into) == 0 ? from.min : std::min(into.min, from.min);
  merge(into.values, from.values);
}

void merge(measure_series& into, const measure_series& from) {
  into.thousandths.merge(from.thousandths);
  into.unit = std::max(into.unit, from.unit);
}

void merge(unique_series& into, const unique_series& from) {
  into.observations += from.observations;
  into.members.merge(from.members);
}

namespace {

template <class Series>
using by_name = custom_stats::by_name<Series>;

// The series to count `observed` values of `name` in.
template <class Series>
Series& series_of(by_name<Series>& all, std::string_view name, std::uint64_t observed, const limits& bounds,
                  std::uint64_t& folded) {
  if (name.size() <= bounds.custom_name_bytes)
    if (auto* const known = entry_within(all, name, bounds.custom_series))
      return *known;
  folded += observed;
  return all[std::string(other_name)];
}

template <class Series>
void merge_all(by_name<Series>& into, const by_name<Series>& from, const limits& bounds,
               std::uint64_t& folded) {
  for (const auto& [name, series] : from) {
    // What `from` folded is in its own number already.
    if (name == other_name)
      merge(into[name], series);
    else
      merge(series_of(into, name, observations(series), bounds, folded), series);
  }
}

// `thousandths` has room for far more than this; beyond, the conversion would be undefined.
constexpr double max_measure = 1e15;

} // namespace

void add(custom_stats& into, std::string_view name, const sample_record& sample, const limits& bounds) {
  switch (sample.kind) {
  case sample_kind::count: {
    auto& series = series_of(into.counts, name, 1, bounds, into.folded);
    ++series.observations;
    series.sum.add(sample.value);
    break;
  }
  case sample_kind::gauge: {
    auto& series = series_of(into.gauges, name, 1, bounds, into.folded);
    const unit_gauge value{gauge_of(sample.at, sample.value), std::string(sample.unit)};
    merge(series, gauge_series{value, value.values.last});
    break;
  }
  case sample_kind::measure: {
    auto& series = series_of(into.measures, name, 1, bounds, into.folded);
    series.thousandths.add(std::llround(std::clamp(sample.value, 0.0, max_measure) * 1000));
    if (series.unit < sample.unit)
      series.unit = sample.unit;
    break;
  }
  case sample_kind::unique: {
    auto& series = series_of(into.uniques, name, 1, bounds, into.folded);
    ++series.observations;
    series.members.add(distinct_counter::hash_of(sample.member));
    break;
  }
  case sample_kind::event:
    break;
  }
}

void merge(custom_stats& into, const custom_stats& from, const limits& bounds) {
  into.folded += from.folded;
  merge_all(into.counts, from.counts, bounds, into.folded);
  merge_all(into.gauges, from.gauges, bounds, into.folded);
  merge_all(into.measures, from.measures, bounds, into.folded);
  merge_all(into.uniques, from.uniques, bounds, into.folded);
}

} // namespace parseflow::rollup
