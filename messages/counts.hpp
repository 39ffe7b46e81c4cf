// Counts on their way between the boxes that count, store and restore them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages/batch.hpp"
#include "messages/rollup/app_timelines.hpp"
#include "messages/rollup/minute_rollup.hpp"
#include "messages/time.hpp"

namespace parseflow {

/// METRICS AGGREGATOR → METRICS HISTORY: what the batches since the last such message have added. Immutable.
struct fresh_counts {
  struct app_counts {
    /// When the app's last line came in.
    timestamp heard{};
    std::map<minute, rollup::minute_rollup> minutes;
  };
  std::map<std::string, app_counts, std::less<>> apps;
  /// Lines of these batches, stored or not.
  std::uint64_t lines = 0;
};

using fresh_counts_ptr = std::shared_ptr<const fresh_counts>;

/// DB WRITER → METRICS AGGREGATOR: what earlier runs counted. Ownership of `counts` moves with the message:
/// the sender keeps no reference to it.
struct restored_counts {
  std::shared_ptr<rollup::app_timelines> counts;
};

/// DB WRITER → METRICS AGGREGATOR: batches that this node has counted although their frames had been stored
/// and counted before, by another node or as earlier frames with the same keys.
struct stored_elsewhere {
  std::vector<batch_ptr> batches;
};

/// → ARCHIVE: asks for what the nodes that are not live have counted.
struct archive_query {
  /// Nodes to leave out: they answer for themselves.
  std::vector<std::string> live;
};

/// The counts of one node, as far as the database has them. Ownership of `counts` moves with the message.
struct node_counts {
  std::string node;
  std::shared_ptr<rollup::app_timelines> counts;
};

/// ARCHIVE →: the answer to an `archive_query`, sorted by node, without nodes of which the database
/// has nothing.
struct archived_counts {
  std::vector<node_counts> nodes;
};

} // namespace parseflow
