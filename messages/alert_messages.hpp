// What boxes tell each other about alerts.
#pragma once

#include <cstdint>
#include <vector>

#include "messages/alert.hpp"
#include "messages/watch.hpp"

namespace parseflow {

/// DB WRITER → METRICS AGGREGATOR: the alerts of earlier runs, after the rollups. Open ones, and those that
/// were resolved of late.
struct restored_alerts {
  std::vector<alert> alerts;
};

template <class Inspector>
auto inspect(Inspector& f, restored_alerts& x) {
  return f(x.alerts);
}

/// Which alerts a sink wants to know of.
enum class audience : std::uint8_t {
  node,    ///< All that this node raises or resolves.
  outside, ///< Of those that the nodes of a cluster raise alike only what this one is to tell for all.
};

/// WEBHOOK → METRICS: the outside was told of this alert.
struct posted_alert {
  alert what;
};

template <class Inspector>
auto inspect(Inspector& f, posted_alert& x) {
  return f(x.what);
}

/// GATHERER → METRICS: what all nodes counted.
struct cluster_counts {
  watched_counts_ptr counted;
  /// This node tells the outside of alerts that all nodes raise alike.
  bool is_speaker = false;
};

} // namespace parseflow
