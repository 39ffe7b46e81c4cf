#include "messages/rollup/custom_stats.hpp"

#include <algorithm>

namespace parseflow::rollup {

void merge(count_series& into, const count_series& from) {
  into.observations += from.observations;
  into.sum.add(from.sum);
}

void merge(gauge_series& into, const gauge_series& from) {
  merge(into.unit, from.unit);
  if (observations(from) == 0)
    return;
  into.min = observations(into) == 0 ? from.min : std::min(into.min, from.min);
  merge(into.values, from.values);
}

void merge(measure_series& into, const measure_series& from) {
  merge(into.unit, from.unit);
  into.values.merge(from.values);
}

void merge(unique_series& into, const unique_series& from) {
  into.observations += from.observations;
  into.members.merge(from.members);
}

namespace {

// The series to count `observed` values of `name` in.
template <class Series>
Series& series_of(by_name<Series>& all, std::string_view name, std::uint64_t observed, const limits& bounds,
                  std::uint64_t& overflow) {
  if (name_of(name).size() <= bounds.custom_name_bytes && name.size() <= 2 * bounds.custom_name_bytes)
    if (auto* const known = entry_within(all, name, bounds.custom_series))
      return *known;
  overflow += observed;
  return all[std::string(other_name)];
}

// The shared series has no unit.
template <class Series>
void forget_unit(by_name<Series>& all) {
  if constexpr (requires(Series s) { s.unit; })
    if (const auto other = all.find(other_name); other != all.end())
      other->second.unit = {};
}

template <class Series>
void merge_all(by_name<Series>& into, const by_name<Series>& from, const limits& bounds,
               std::uint64_t& overflow) {
  for (const auto& [name, series] : from) {
    // What `from` had no room for is already counted in its own `overflow`.
    if (name == other_name)
      merge(into[name], series);
    else
      merge(series_of(into, name, observations(series), bounds, overflow), series);
  }
  forget_unit(into);
}

// For all series in `known` whose name is in `into`, keeps the unit that came first.
template <class Series>
void agree(by_name<Series>& into, const by_name<Series>& known) {
  for (const auto& [key, series] : known) {
    const auto name = name_of(key);
    const auto at = into.lower_bound(name);
    if (name != other_name && at != into.end() && name_of(at->first) == name)
      merge(into[key].unit, series.unit);
  }
}

// Samples are counted in the order of their lines, so of several with the same time the first one's
// unit stays.
void note_unit(series_unit& unit, const sample_record& sample) {
  if (sample.at < unit.since)
    unit = {std::string(sample.unit), sample.at};
}

} // namespace

std::string series_key(std::string_view name, std::string_view unit) {
  std::string key(name);
  if (const auto kind = kind_of_unit(unit); !kind.empty() && name != other_name) {
    key += end_of_name;
    key += kind;
  }
  return key;
}

void add(custom_stats& into, std::string_view name, const sample_record& sample, const limits& bounds) {
  const auto value = [&] { return kept_value(sample.value, sample.unit); };
  switch (sample.kind) {
  case sample_kind::count: {
    auto& series = series_of(into.counts, name, 1, bounds, into.overflow);
    ++series.observations;
    series.sum.add(sample.value);
    break;
  }
  case sample_kind::gauge: {
    auto& series = series_of(into.gauges, series_key(name, sample.unit), 1, bounds, into.overflow);
    const auto next = gauge_of(sample.at, value());
    note_unit(series.unit, sample);
    merge(series, gauge_series{{}, next, next.last});
    forget_unit(into.gauges);
    break;
  }
  case sample_kind::measure: {
    auto& series = series_of(into.measures, series_key(name, sample.unit), 1, bounds, into.overflow);
    note_unit(series.unit, sample);
    series.values.add(value());
    forget_unit(into.measures);
    break;
  }
  case sample_kind::unique: {
    auto& series = series_of(into.uniques, name, 1, bounds, into.overflow);
    ++series.observations;
    series.members.add(distinct_counter::hash_of(sample.member));
    break;
  }
  case sample_kind::event:
    break;
  }
}

void agree_on_units(custom_stats& into, const custom_stats& known) {
  agree(into.gauges, known.gauges);
  agree(into.measures, known.measures);
}

void merge(custom_stats& into, const custom_stats& from, const limits& bounds) {
  into.overflow += from.overflow;
  merge_all(into.counts, from.counts, bounds, into.overflow);
  merge_all(into.gauges, from.gauges, bounds, into.overflow);
  merge_all(into.measures, from.measures, bounds, into.overflow);
  merge_all(into.uniques, from.uniques, bounds, into.overflow);
}

} // namespace parseflow::rollup
