// The messages between boxes about alerts.
#pragma once

#include <vector>

#include "messages/alert.hpp"
#include "messages/alerts/rule.hpp"
#include "messages/answers.hpp"
#include "messages/watch.hpp"

namespace parseflow {

/// DB WRITER → JUDGE: the alerts of earlier runs: the open ones, and those resolved recently. Sent
/// after `restored_counts`.
struct restored_alerts {
  std::vector<alert> alerts;
};

template <class Inspector>
auto inspect(Inspector& f, restored_alerts& x) {
  return f(x.alerts);
}

/// WEBHOOK → JUDGE: the webhook took this alert.
struct posted_alert {
  alert what;
};

template <class Inspector>
auto inspect(Inspector& f, posted_alert& x) {
  return f(x.what);
}

/// SUPERVISOR → JUDGE: the rules to judge by from now on.
struct alert_rules {
  std::vector<alerts::rule> all;
};

/// GATHERER → JUDGE: what all nodes counted, and the alerts of all nodes.
struct cluster_counts {
  watched_counts_ptr counted;
  alert_report_ptr alerts;
  /// True if this node announces, for all nodes, the alerts that all nodes raise: see `alerts::announcer`.
  bool is_notifier = false;
};

} // namespace parseflow
