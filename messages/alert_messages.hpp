// What boxes tell each other about alerts.
#pragma once

#include <vector>

#include "messages/alert.hpp"
#include "messages/answers.hpp"
#include "messages/watch.hpp"

namespace parseflow {

/// DB WRITER → JUDGE: the alerts of earlier runs. Open ones, and those that were resolved of late. The
/// aggregator has the `restored_counts` by then.
struct restored_alerts {
  std::vector<alert> alerts;
};

template <class Inspector>
auto inspect(Inspector& f, restored_alerts& x) {
  return f(x.alerts);
}

/// WEBHOOK → JUDGE: this alert was taken.
struct posted_alert {
  alert what;
};

template <class Inspector>
auto inspect(Inspector& f, posted_alert& x) {
  return f(x.what);
}

/// GATHERER → JUDGE: what all nodes counted, and the alerts of all nodes.
struct cluster_counts {
  watched_counts_ptr counted;
  alert_report_ptr alerts;
  /// This node announces for all what all nodes raise alike: see `alerts::announcer`.
  bool is_notifier = false;
};

} // namespace parseflow
