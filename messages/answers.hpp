// What was counted and which alerts there are, as an answer to one question. The questions are in questions.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/alert.hpp"
#include "messages/questions.hpp"
#include "messages/rollup/minute_rollup.hpp"
#include "messages/status.hpp"

namespace parseflow {

/// Whose numbers an answer holds. Names are sorted.
struct cluster_view {
  /// The node that was asked.
  std::string node;
  /// The nodes that answered, this one among them.
  std::vector<std::string> answered;
  /// Nodes, or addresses of `cluster.peers`, that did not.
  std::vector<std::string> missing;
  /// Nodes that did not answer, but whose rollups the database has.
  std::vector<std::string> from_database;

  bool operator==(const cluster_view&) const = default;
};

/// The answer to a `metrics_query`.
struct metrics_snapshot {
  metrics_query question;
  /// Everything counted in the window.
  rollup::minute_rollup totals;
  /// Over the 60 s before `question.now`, whatever the window.
  double requests_per_second = 0;
  /// All apps ever seen that are told apart, sorted; see `rollup::app_timelines`.
  std::vector<std::string> apps;
  /// Lines in the window of apps that are not told apart. Only in an answer about all apps.
  std::uint64_t other_apps_lines = 0;
  /// False until what earlier runs counted is there: the numbers are too low until then.
  bool is_restored = true;
  /// Nothing without a cluster.
  std::optional<cluster_view> cluster;
};

/// Immutable; made for one question.
using snapshot_ptr = std::shared_ptr<const metrics_snapshot>;

/// The answer to a `totals_query`.
struct app_totals {
  /// By app. While the process lives the counters fall only by what another node turns out to have stored.
  std::map<std::string, rollup::minute_rollup> apps;
  /// Who is there; the counters are this node's own. Nothing without a cluster.
  std::optional<cluster_view> cluster;
};

/// Immutable; made for one question.
using totals_ptr = std::shared_ptr<const app_totals>;

/// What was counted in one step of a series.
struct series_step {
  minute start{};
  /// Only what the metrics are made of: see `rollup::keep_for`.
  rollup::minute_rollup sum;
};

/// The answer to a `series_query`: sums, since those of several nodes can be merged and numbers cannot.
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
  /// What the webhook took within the last minutes, of whatever app.
  std::vector<alert> announced;
  /// The asked node's; nothing without a webhook.
  std::optional<webhook_status> webhook;
  /// Whose alerts these are. Nothing without a cluster.
  std::optional<cluster_view> cluster;
};

/// Immutable; made for one question.
using alert_report_ptr = std::shared_ptr<const alert_report>;

} // namespace parseflow
