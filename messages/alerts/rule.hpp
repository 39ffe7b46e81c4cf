// An alert rule as a value: which number, of which app, on which side of which limit, for how long.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace parseflow::alerts {

/// How a value is compared with a limit.
enum class comparison : std::uint8_t { above, at_least, below, at_most };

/// `>`, `>=`, `<` or `<=`.
std::string_view to_string(comparison how);

/// True for `>` and `>=`.
constexpr bool points_up(comparison how) {
  return how == comparison::above || how == comparison::at_least;
}

/// A value on one side of a limit.
struct bound {
  comparison how = comparison::above;
  double limit = 0;

  bool holds(double value) const;
  bool operator==(const bound&) const = default;
};

/// One rule. Two rules of the same name differ in their app. For an app that a rule names, only that
/// rule applies.
struct rule {
  /// The type of its alerts: `high_error_rate`.
  std::string name;
  /// See `measure`: `error_rate`, `code:H12`, `silent_minutes`.
  std::string metric;
  /// When to raise.
  bound trigger;
  /// When to resolve. No value satisfies both this and `trigger`.
  bound release;
  /// The span that the metric is computed over; whole minutes.
  std::chrono::minutes window{5};
  /// How long the trigger must hold before the alert is raised.
  std::chrono::seconds hold{0};
  /// Fewer requests than this in the window raise nothing.
  std::uint64_t min_requests = 0;
  /// Only this app; empty: every app, each judged separately.
  std::string app;
  /// `warning` or `critical`.
  std::string severity = "warning";

  bool operator==(const rule&) const = default;
};

/// The rules that apply when the settings name none, in the language of `parse_rules`.
extern const std::string_view default_rules;

} // namespace parseflow::alerts
