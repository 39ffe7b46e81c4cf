// The answers to questions about counts and alerts. The questions are in questions.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/alert.hpp"
#include "messages/questions.hpp"
#include "messages/rollup/span_rollup.hpp"
#include "messages/status.hpp"

namespace parseflow {

/// Which nodes' numbers an answer holds. Names are sorted.
struct cluster_view {
  /// The node that was asked.
  std::string node;
  /// The nodes that answered, this one among them.
  std::vector<std::string> answered;
  /// Nodes, or addresses of `cluster.peers`, that did not answer.
  std::vector<std::string> missing;
  /// Nodes that did not answer, but whose rollups the database has.
  std::vector<std::string> from_database;

  bool operator==(const cluster_view&) const = default;
};

/// The answer to a `metrics_query`.
struct metrics_snapshot {
  metrics_query question;
  /// Everything counted in the window.
  rollup::span_rollup totals;
  /// The rate over the 60 s before `question.now`, whatever the window.
  double requests_per_second = 0;
  /// All apps ever seen that have counters of their own, sorted; see `rollup::app_timelines`.
  std::vector<std::string> apps;
  /// Lines in the window of apps without counters of their own. Only in an answer about all apps.
  std::uint64_t other_apps_lines = 0;
  /// False until the counts of earlier runs are restored: until then the numbers are too low.
  bool is_restored = true;
  /// Nothing without a cluster.
  std::optional<cluster_view> cluster;
};

/// Immutable; made for one question.
using snapshot_ptr = std::shared_ptr<const metrics_snapshot>;

/// The answer to a `totals_query`.
struct app_totals {
  /// By app. While the process runs, a counter falls only if another node turns out to have stored the
  /// same frames.
  std::map<std::string, rollup::span_rollup> apps;
  /// Which nodes are live; the counters are this node's alone. Nothing without a cluster.
  std::optional<cluster_view> cluster;
};

/// Immutable; made for one question.
using totals_ptr = std::shared_ptr<const app_totals>;

/// The counts of one step of a series.
struct series_step {
  minute start{};
  /// Only the parts that the metrics are computed from: see `rollup::keep_for`.
  rollup::span_rollup sum;
};

/// The answer to a `series_query`: sums, because the sums of several nodes can be merged and the final
/// numbers cannot.
struct series_sums {
  /// In time order; steps in which nothing was counted are left out.
  std::vector<series_step> steps;
  /// See `metrics_snapshot`.
  bool is_restored = true;
};

/// Immutable; made for one question.
using series_sums_ptr = std::shared_ptr<const series_sums>;

/// The answer to an `alerts_query`.
struct alert_report {
  /// Open alerts, and those resolved within the last hour; newest first.
  std::vector<alert> alerts;
  /// The alerts that the webhook took within `alerts::announcer::news`, for all apps.
  std::vector<alert> announced;
  /// That of the asked node; nothing without a webhook.
  std::optional<webhook_status> webhook;
  /// That of the asked node; nothing before its first report.
  std::optional<writer_status> writer;
  /// Which nodes' alerts these are. Nothing without a cluster.
  std::optional<cluster_view> cluster;
};

/// Immutable; made for one question.
using alert_report_ptr = std::shared_ptr<const alert_report>;

} // namespace parseflow
