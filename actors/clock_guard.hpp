// Decides whether the system's clock can be trusted when old rows are to be removed. Does not remove any.
#pragma once

#include <chrono>
#include <optional>

#include "db/retention.hpp"
#include "messages/expected.hpp"

namespace parseflow::actors {

/// A clock that jumps ahead makes everything look old, so this class compares it with other clocks.
class clock_guard {
public:
  /// A clock that differs by more is not trusted. A difference younger than this may be a jump.
  static constexpr std::chrono::hours tolerance{1};

  /// Fails if `now` cannot be trusted.
  ///
  /// A database on a server has a clock of its own: then the difference from that clock decides. Otherwise
  /// the date of the newest line decides, since another machine set it. If that date is far from `now`,
  /// perhaps no lines have come: once no newer line has come for `tolerance` by `steady`, the clock is
  /// trusted.
  expected<> check(timestamp now, std::chrono::steady_clock::time_point steady,
                   const db::retention_clocks& others);

private:
  std::optional<timestamp> newest_;
  std::chrono::steady_clock::time_point newest_since_; // by the steady clock
  std::chrono::microseconds offset_{0};                // system clock minus steady clock
};

} // namespace parseflow::actors
