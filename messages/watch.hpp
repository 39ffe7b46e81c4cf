// The question to a node for the counts that alert rules look at, and its answer. In a cluster rules judge
// what all nodes counted.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/alerts/watched_window.hpp"
#include "messages/answers.hpp"

namespace parseflow {

namespace alerts {

template <class Inspector>
auto inspect(Inspector& f, watched_window& x) {
  return f(x.length, x.detail);
}

} // namespace alerts

/// A question for the sums of every app over these windows.
struct watch_query {
  std::vector<alerts::watched_window> windows;
  /// Their end.
  timestamp now{};
};

template <class Inspector>
auto inspect(Inspector& f, watch_query& x) {
  return f(x.windows, x.now);
}

/// The counts of one app.
struct watched_sums {
  /// When its last line came in.
  timestamp heard{};
  /// In the order of the question's windows.
  std::vector<rollup::span_rollup> sums;
};

/// The answer to a `watch_query`.
struct watched_counts {
  watch_query question;
  std::map<std::string, watched_sums, std::less<>> apps;
  /// Lines of batches that the asked node counted since its start; stored or not.
  std::uint64_t counted_lines = 0;
  /// See `metrics_snapshot`.
  bool is_restored = true;
  /// Nothing without a cluster.
  std::optional<cluster_view> cluster;
};

/// Immutable; made for one question.
using watched_counts_ptr = std::shared_ptr<const watched_counts>;

} // namespace parseflow
