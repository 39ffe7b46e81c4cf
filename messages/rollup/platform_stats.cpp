#include "messages/rollup/platform_stats.hpp"

namespace parseflow::rollup {

void merge(dyno_state& into, const dyno_state& from) {
  merge(into.memory_total_mb, from.memory_total_mb);
  merge(into.memory_rss_mb, from.memory_rss_mb);
  merge(into.memory_swap_mb, from.memory_swap_mb);
  merge(into.memory_quota_mb, from.memory_quota_mb);
  merge(into.load_avg_1m, from.load_avg_1m);
  into.starts += from.starts;
  into.crashes += from.crashes;
  into.r14 += from.r14;
  into.r15 += from.r15;
}

void merge(platform_stats& into, const platform_stats& from, const limits& bounds) {
  into.releases += from.releases;
  into.deploys += from.deploys;
  into.dropped_by_sender += from.dropped_by_sender;
  into.custom_samples += from.custom_samples;
  into.addon_samples_left_out += from.addon_samples_left_out;
  for (const auto& [name, state] : from.dynos)
    merge(bounded_entry(into.dynos, name, bounds.dynos), state);
  for (const auto& [name, state] : from.addons) {
    auto* const addon = entry_within(into.addons, name, bounds.addons);
    if (addon)
      addon->proc = std::max(addon->proc, state.proc);
    for (const auto& [value_name, value] : state.values) {
      auto* const known = addon ? entry_within(addon->values, value_name, bounds.addon_values) : nullptr;
      if (known)
        merge(*known, value);
      else
        into.addon_samples_left_out += value.values.count;
    }
  }
}

} // namespace parseflow::rollup
