// Takes a rollup out of a sum again, including names that a bound moved to `other_name`.
#include "messages/rollup/subtract.hpp"

#include <algorithm>

#include "messages/rollup/by_name.hpp"

namespace parseflow::rollup {

namespace {

template <class Number>
void subtract_number(Number& from, Number counted) {
  from -= std::min(from, counted);
}

bool may_include(std::uint64_t all, std::uint64_t part) {
  return all >= part;
}

void subtract(std::uint64_t& from, std::uint64_t counted) {
  subtract_number(from, counted);
}

bool may_include(const dyno_state& all, const dyno_state& part) {
  const auto holds = [&](auto... counter) { return (... && (all.*counter >= part.*counter)); };
  const auto holds_values = [&](auto... values) {
    return (... && ((all.*values).count >= (part.*values).count));
  };
  using s = dyno_state;
  return holds(&s::starts, &s::crashes, &s::r14, &s::r15) &&
         holds_values(&s::memory_total_mb, &s::memory_rss_mb, &s::memory_swap_mb, &s::memory_quota_mb,
                      &s::load_avg_1m);
}

void subtract(dyno_state& from, const dyno_state& counted) {
  const auto each = [&](auto... member) { (subtract(from.*member, counted.*member), ...); };
  using s = dyno_state;
  each(&s::memory_total_mb, &s::memory_rss_mb, &s::memory_swap_mb, &s::memory_quota_mb, &s::load_avg_1m,
       &s::starts, &s::crashes, &s::r14, &s::r15);
}

bool may_include(const measure_series& all, const measure_series& part) {
  return all.values.may_include(part.values);
}

template <class Series>
bool may_include(const Series& all, const Series& part) {
  return observations(all) >= observations(part);
}

void subtract(count_series& from, const count_series& counted) {
  subtract(from.observations, counted.observations);
  from.sum.subtract(counted.sum);
}

void subtract(gauge_series& from, const gauge_series& counted) {
  subtract(from.values, counted.values);
  if (observations(from) == 0)
    from = {};
}

void subtract(measure_series& from, const measure_series& counted) {
  from.values.subtract(counted.values);
  if (observations(from) == 0)
    from = {};
}

void subtract(unique_series& from, const unique_series& counted) {
  subtract(from.observations, counted.observations);
  if (observations(from) == 0)
    from = {};
}

// Calls `joined` with what is moved to `other_name`, and `left` with what is taken from there.
template <class T, class Joined, class Left>
void subtract_names(by_name<T>& from, const by_name<T>& counted, Joined joined, Left left) {
  for (const auto& [name, gone] : counted) {
    const auto known = from.find(name);
    if (known != from.end() && (name == other_name || may_include(known->second, gone))) {
      subtract(known->second, gone);
      continue;
    }
    // Beyond the bound on names all or a part of it was counted under `other_name`: then the rest of the name
    // goes there too.
    auto& other = from[std::string(other_name)];
    if (known != from.end()) {
      joined(known->second);
      merge(other, known->second);
      from.erase(known);
    }
    left(gone);
    subtract(other, gone);
  }
  std::erase_if(from, [](const auto& entry) { return entry.second == T{}; });
}

template <class T>
void subtract_names(by_name<T>& from, const by_name<T>& counted) {
  subtract_names(
      from, counted, [](const T&) {}, [](const T&) {});
}

// The same for add-ons, whose numbers beyond the bound are only counted.
void subtract(std::map<std::string, addon_state, std::less<>>& from,
              const std::map<std::string, addon_state, std::less<>>& counted, std::uint64_t& left_out) {
  for (const auto& [name, state] : counted) {
    const auto addon = from.find(name);
    for (const auto& [value_name, gone] : state.values) {
      const auto count = gone.values.count;
      if (addon != from.end())
        if (const auto known = addon->second.values.find(value_name); known != addon->second.values.end()) {
          if (known->second.values.count >= count) {
            subtract(known->second, gone);
            continue;
          }
          left_out += known->second.values.count;
          addon->second.values.erase(known);
        }
      subtract(left_out, count);
    }
  }
  for (auto& [name, state] : from)
    std::erase_if(state.values, [](const auto& value) { return value.second.values.count == 0; });
  std::erase_if(from, [](const auto& addon) { return addon.second.values.empty(); });
}

void subtract(platform_stats& from, const platform_stats& counted) {
  const auto each = [&](auto... counter) { (subtract(from.*counter, counted.*counter), ...); };
  using s = platform_stats;
  each(&s::releases, &s::deploys, &s::dropped_by_sender, &s::custom_samples, &s::addon_samples_left_out);
  subtract_names(from.dynos, counted.dynos);
  subtract(from.addons, counted.addons, from.addon_samples_left_out);
}

void subtract(custom_stats& from, const custom_stats& counted) {
  subtract(from.overflow, counted.overflow);
  const auto joined = [&](const auto& series) { from.overflow += observations(series); };
  const auto left = [&](const auto& series) { subtract(from.overflow, observations(series)); };
  const auto each = [&](auto... kind) { (subtract_names(from.*kind, counted.*kind, joined, left), ...); };
  using s = custom_stats;
  each(&s::counts, &s::gauges, &s::measures, &s::uniques);
}

} // namespace

void subtract(span_rollup& from, const span_rollup& counted) {
  const auto each = [&](auto... counter) { (subtract(from.*counter, counted.*counter), ...); };
  const auto each_of = [&](auto... counters) {
    const auto all_of = [](auto& into, const auto& gone) {
      for (std::size_t i = 0; i < into.size(); ++i)
        subtract_number(into[i], gone[i]);
    };
    (all_of(from.*counters, counted.*counters), ...);
  };
  using r = span_rollup;
  each(&r::requests, &r::errors, &r::failures, &r::response_bytes, &r::lines, &r::bytes, &r::malformed,
       &r::count_mismatches, &r::late, &r::early, &r::samples_left_out);
  each_of(&r::by_status_class, &r::by_method);
  for (const auto& [status, count] : counted.by_status)
    subtract(from.by_status[status], count);
  std::erase_if(from.by_status, [](const auto& entry) { return entry.second == 0; });
  from.service.subtract(counted.service);
  from.connect.subtract(counted.connect);
  from.websockets.subtract(counted.websockets);
  subtract_names(from.error_codes, counted.error_codes);
  subtract_names(from.countries, counted.countries);
  if (from.requests == 0)
    from.visitors = {}; // no request is left
  from.endpoints.subtract(counted.endpoints);
  subtract_names(from.dynos, counted.dynos);
  subtract(from.platform, counted.platform);
  subtract(from.custom, counted.custom);
}

void subtract(minute_rollup& from, const minute_rollup& counted) {
  subtract(static_cast<span_rollup&>(from), counted);
  for (std::size_t i = 0; i < from.by_second.size(); ++i)
    subtract_number(from.by_second[i], counted.by_second[i]);
}

} // namespace parseflow::rollup
