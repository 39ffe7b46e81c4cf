// What writing and reading the compact form of rollups share: its versions, and the order of its parts. The
// form is described in rollup_form.cpp.
#pragma once

#include <cstddef>

namespace parseflow::rollup::form {

inline constexpr char version = 4;
inline constexpr char version_of_thousandths = 3;
inline constexpr char version_without_custom = 2;
inline constexpr char version_without_platform = 1;
/// Without this bound a few damaged bytes could make many long names.
inline constexpr std::size_t max_shared_bytes = 255;

/// Visits the counters of the platform's part, in the order of the form; the functions below those of a dyno.
template <class Stats, class Visitor>
void each_platform_counter(Stats& s, Visitor visit) {
  for (auto* n :
       {&s.releases, &s.deploys, &s.dropped_by_sender, &s.custom_samples, &s.addon_samples_left_out})
    visit(*n);
}

template <class State, class Visitor>
void each_gauge(State& s, Visitor visit) {
  for (auto* g :
       {&s.memory_total_mb, &s.memory_rss_mb, &s.memory_swap_mb, &s.memory_quota_mb, &s.load_avg_1m})
    visit(*g);
}

template <class State, class Visitor>
void each_dyno_counter(State& s, Visitor visit) {
  for (auto* n : {&s.starts, &s.crashes, &s.r14, &s.r15})
    visit(*n);
}

} // namespace parseflow::rollup::form
