// The spans that rules look at.
#pragma once

#include <chrono>
#include <compare>
#include <span>
#include <vector>

#include "messages/alerts/rule.hpp"
#include "messages/rollup/timeline.hpp"
#include "messages/time.hpp"

namespace parseflow::alerts {

/// A span that ends now, and how much of its sum the rules look at.
struct watched_window {
  std::chrono::minutes length{};
  rollup::extent detail{};

  auto operator<=>(const watched_window&) const = default;
};

/// The window that the rule looks at. Precondition: its metric is one of the rollups, or an error code.
watched_window window_of(const rule& judged);

/// Every window that the rules look at, without repetition.
std::vector<watched_window> windows_of(std::span<const rule> rules);

/// The sum of the counts in all minutes that overlap the window.
rollup::span_rollup sum_of(const rollup::timeline& counted, watched_window window, timestamp now);

} // namespace parseflow::alerts
