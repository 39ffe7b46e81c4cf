// The rollup of one minute of an app, and what a batch adds to it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "messages/rollup/span_rollup.hpp"
#include "messages/time.hpp"

namespace parseflow::rollup {

/// Requests by the second of their minute.
using second_counts = std::array<std::uint32_t, 60>;

/// What was counted in one minute. Merged into the sum of a longer span it adds only its `span_rollup`: a
/// second of the minute means nothing there.
struct minute_rollup : span_rollup {
  second_counts by_second{};

  bool operator==(const minute_rollup&) const = default;
};

/// Adds `from`, which was counted in the same minute, to `into`.
void merge(minute_rollup& into, const minute_rollup& from, const limits& bounds = {},
           extent detail = extent::all);

/// What one batch adds to one minute.
struct part {
  minute at{};
  minute_rollup data;
};

/// What one batch adds: one part per minute, in time order. Usually one, rarely more than two.
using partial = std::vector<part>;

} // namespace parseflow::rollup
