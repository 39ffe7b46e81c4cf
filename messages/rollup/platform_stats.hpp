// Totals of Heroku's lines other than requests: dynos, add-ons, releases, and what the sender lost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "messages/rollup/gauge.hpp"
#include "messages/rollup/limits.hpp"

namespace parseflow::rollup {

/// How one dyno is doing.
struct dyno_state {
  gauge memory_total_mb, memory_rss_mb, memory_swap_mb, memory_quota_mb;
  gauge load_avg_1m;
  /// State changes to `starting`: every restart, and the first start of a new dyno.
  std::uint64_t starts = 0;
  /// State changes to `crashed`.
  std::uint64_t crashes = 0;
  /// Lines `Error R14` (memory quota exceeded) and `Error R15` (vastly exceeded).
  std::uint64_t r14 = 0, r15 = 0;

  bool operator==(const dyno_state&) const = default;
};

/// Adds `from` to `into`.
void merge(dyno_state& into, const dyno_state& from);

/// What one add-on last reported.
struct addon_state {
  /// `heroku-postgres`. If several report for one add-on, as PgBouncer does for its database, the
  /// alphabetically last one.
  std::string proc;
  /// By name, as written.
  std::map<std::string, unit_gauge, std::less<>> values;

  bool operator==(const addon_state&) const = default;
};

/// Sums of platform lines. Merging is associative and commutative while names stay within `limits`; beyond,
/// this still holds for everything except the attribution to names.
struct platform_stats {
  /// Lines `Release vN created …`: Heroku writes one for every change that makes a release,
  /// including rollbacks.
  std::uint64_t releases = 0;
  /// Lines `Deploy HASH …`.
  std::uint64_t deploys = 0;
  /// Lines that never arrived, as reported by L10, L12 and L13.
  std::uint64_t dropped_by_sender = 0;
  /// Numbers in the forms of l2met in the app's own lines.
  std::uint64_t custom_samples = 0;
  /// Numbers of add-ons beyond the bounds of `limits`.
  std::uint64_t addon_samples_left_out = 0;
  /// `web.1` → its state; see `dyno_label`. Dynos beyond their bound share the entry `other_name`.
  std::map<std::string, dyno_state, std::less<>> dynos;
  /// The add-on's name → what it reported. Old lines without a name count under the attachment (`DATABASE`).
  std::map<std::string, addon_state, std::less<>> addons;

  bool operator==(const platform_stats&) const = default;
};

/// Adds `from` to `into`.
void merge(platform_stats& into, const platform_stats& from, const limits& bounds);

} // namespace parseflow::rollup
