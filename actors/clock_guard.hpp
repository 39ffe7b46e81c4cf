// Whether the system's clock can be trusted by who removes what is old. Decides only.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "db/retention.hpp"

namespace parseflow {

/// A clock that jumps ahead makes everything look old: it is compared with others.
class clock_guard {
public:
  /// Clocks that differ by more are not trusted, and what differs for less long may be a jump.
  static constexpr std::chrono::hours tolerance{1};

  /// Why `now` is not to be trusted, for people; empty if it is.
  ///
  /// A database on a server has a clock of its own: then that decides. Else what the newest line is dated: it
  /// got its date elsewhere. If that is long ago it may be that there are no lines: when no newer one comes
  /// for so long as `steady` measures, the clock is trusted.
  std::string doubt(timestamp now, std::chrono::steady_clock::time_point steady,
                    const db::retention_clocks& others);

private:
  std::optional<timestamp> newest_;
  std::chrono::steady_clock::time_point newest_since_; // by the steady clock
  std::chrono::microseconds offset_{0};                // of the system's clock from the steady one
};

} // namespace parseflow
