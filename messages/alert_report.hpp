// Which alerts there are: the question, and what the JUDGE answers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/alert.hpp"
#include "messages/query.hpp"

namespace parseflow {

/// A question for the alerts.
struct alerts_query {
  /// Only this app's, and those of the service itself; empty means all.
  std::string app;
  timestamp now{};
  /// Whose alerts. Not sent to peers: each answers for itself.
  reach of = reach::all_nodes;
};

template <class Inspector>
auto inspect(Inspector& f, alerts_query& x) {
  return f(x.app, x.now);
}

/// The JUDGE's answer to an `alerts_query`.
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
