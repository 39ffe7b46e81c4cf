// The questions that the HTTP side asks about counts and alerts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace parseflow {

/// The span of rollups that a question covers: whole minutes, the running one included.
enum class window : std::uint8_t { one_minute, five_minutes, one_hour, one_day, all };

/// `1m`, `5m`, `1h`, `24h`, `all`.
std::string_view to_string(window span);

/// The reverse of `to_string`; nothing for any other text.
std::optional<window> window_from(std::string_view text);

/// Which nodes' numbers an answer is to hold.
enum class reach : std::uint8_t { all_nodes, this_node };

/// A question for `GET /metrics`.
struct metrics_query {
  /// Only this app; empty means all apps together.
  std::string app;
  window span = window::all;
  /// The end of the window.
  timestamp now{};
  /// Not sent to peers: each peer answers for itself.
  reach of = reach::all_nodes;
};

template <class Inspector>
auto inspect(Inspector& f, metrics_query& x) {
  return f(x.app, x.span, x.now);
}

/// A question for everything ever counted, app by app.
struct totals_query {
  /// Only this app; empty means every app.
  std::string app;
};

template <class Inspector>
auto inspect(Inspector& f, totals_query& x) {
  return f(x.app);
}

/// A question about the alerts.
struct alerts_query {
  /// Only this app's, and those of the service itself; empty means all.
  std::string app;
  timestamp now{};
  /// See `metrics_query`.
  reach of = reach::all_nodes;
};

template <class Inspector>
auto inspect(Inspector& f, alerts_query& x) {
  return f(x.app, x.now);
}

/// A question for `GET /api/series`: the sums that the numbers of each step are made of.
struct series_query {
  /// The most steps and metrics of one question. They bound the memory and time that an answer takes.
  static constexpr std::int64_t max_points = 10'000;
  static constexpr std::size_t max_metrics = 20;

  /// Names that `rollup::metric_value` knows: see `rollup::is_metric`.
  std::vector<std::string> metrics;
  /// Only this app; empty means all apps together.
  std::string app;
  minute from{};
  /// Exclusive.
  minute to{};
  /// At least one minute.
  std::chrono::minutes step{1};
};

template <class Inspector>
auto inspect(Inspector& f, series_query& x) {
  return f(x.metrics, x.app, x.from, x.to, x.step);
}

} // namespace parseflow
