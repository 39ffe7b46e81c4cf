// An alert as it is stored and shown: raised once, resolved once.
#pragma once

#include <string>

#include "messages/time.hpp"

namespace parseflow {

/// One alert. `GET /metrics` lists the open ones and those resolved within the last hour.
struct alert {
  /// Which rule: `high_error_rate` or `slow_response`.
  std::string type;
  /// `warning` or `critical`.
  std::string severity;
  /// The measured value and the limit, for people.
  std::string message;
  /// When it was raised.
  timestamp raised_at{};
  bool resolved = false;
  /// When it was resolved; meaningful only if `resolved`.
  timestamp resolved_at{};

  bool operator==(const alert&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, alert& x) {
  return f(x.type, x.severity, x.message, x.raised_at, x.resolved, x.resolved_at);
}

} // namespace parseflow
