// Request counts of one endpoint or one dyno.
#pragma once

#include <algorithm>
#include <cstdint>

#include "messages/rollup/histogram.hpp"

namespace parseflow::rollup {

/// A request whose `service` is above this counts as slow.
inline constexpr std::uint64_t slow_above_ms = 250;

/// Requests of one endpoint or one dyno.
struct request_stats {
  std::uint64_t count = 0;
  /// Those that `is_error` (messages/rollup/builder.hpp) calls errors.
  std::uint64_t errors = 0;
  /// Those that `is_failure` calls failed. Rollups up to version 3 have them only for all names together.
  std::uint64_t failures = 0;
  /// Those for which `is_websocket` is true.
  std::uint64_t websockets = 0;
  /// Milliseconds, of requests whose `service` is known, without WebSockets.
  histogram service = {};

  bool operator==(const request_stats&) const = default;
};

/// Adds `from` to `into`.
inline void merge(request_stats& into, const request_stats& from) {
  into.count += from.count;
  into.errors += from.errors;
  into.failures += from.failures;
  into.websockets += from.websockets;
  into.service.merge(from.service);
}

/// True if the requests of `part` may be among these.
inline bool may_include(const request_stats& all, const request_stats& part) {
  if (all.count < part.count || all.errors < part.errors || all.failures < part.failures ||
      all.websockets < part.websockets || !all.service.may_include(part.service))
    return false;
  const auto rest = all.count - part.count;
  return all.errors - part.errors <= rest && all.failures - part.failures <= rest &&
         all.websockets - part.websockets <= rest && all.service.count() - part.service.count() <= rest;
}

/// Subtracts what `counted` added to `from`.
inline void subtract(request_stats& from, const request_stats& counted) {
  from.count -= std::min(from.count, counted.count);
  from.errors -= std::min(from.errors, counted.errors);
  from.failures -= std::min(from.failures, counted.failures);
  from.websockets -= std::min(from.websockets, counted.websockets);
  from.service.subtract(counted.service);
}

} // namespace parseflow::rollup
