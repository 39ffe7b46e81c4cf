// What is counted of one endpoint or one dyno.
#pragma once

#include <cstdint>

#include "messages/rollup/histogram.hpp"

namespace parseflow::rollup {

/// Slow is a request whose `service` is above this.
inline constexpr std::uint64_t slow_above_ms = 250;

/// Requests of one endpoint or one dyno.
struct request_stats {
  std::uint64_t count = 0;
  /// Those that `is_error` (messages/rollup/builder.hpp) calls errors.
  std::uint64_t errors = 0;
  /// Milliseconds; only requests whose `service` is known.
  histogram service;

  bool operator==(const request_stats&) const = default;
};

/// Adds `from` to `into`.
inline void merge(request_stats& into, const request_stats& from) {
  into.count += from.count;
  into.errors += from.errors;
  into.service.merge(from.service);
}

} // namespace parseflow::rollup
