// An alert as it is stored, shown and sent: raised once, resolved once.
#pragma once

#include <string>

#include "messages/time.hpp"

namespace parseflow {

/// One alert. `GET /metrics` lists the open ones and those resolved within the last hour. At most one alert
/// of a type and app is open.
struct alert {
  /// The name of its rule: `high_error_rate`.
  std::string type;
  /// The app it is about; empty if it is about the service itself.
  std::string app;
  /// `warning` or `critical`.
  std::string severity;
  /// A sentence with the measured value and the limit, as they were when it was raised.
  std::string message;
  /// The measured value when it was raised, in the unit of the rule's metric.
  double value = 0;
  /// When it was raised.
  timestamp raised_at{};
  bool is_resolved = false;
  /// When it was resolved; meaningful only if `resolved`.
  timestamp resolved_at{};
  /// The value at the last judgement, and the one furthest beyond the limit so far.
  double current = 0, worst = 0;
  /// The sentence at the last judgement, with the worst value if that differs; empty until the first
  /// judgement after a restart. Not stored.
  std::string now = {};

  bool operator==(const alert&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, alert& x) {
  return f(x.type, x.app, x.severity, x.message, x.value, x.raised_at, x.is_resolved, x.resolved_at,
           x.current, x.worst, x.now);
}

} // namespace parseflow
