// What was counted, on its way between the boxes that count, store and restore it.
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

/// METRICS AGGREGATOR → METRICS HISTORY: what the batches since the last one have counted. Immutable.
struct fresh_counts {
  struct app_counts {
    /// When the app's last line came in.
    timestamp heard{};
    std::map<minute, rollup::minute_rollup> minutes;
  };
  std::map<std::string, app_counts, std::less<>> apps;
  /// Of batches; stored or not.
  std::uint64_t lines = 0;
};

using fresh_counts_ptr = std::shared_ptr<const fresh_counts>;

/// DB WRITER → METRICS AGGREGATOR: what earlier runs counted. Who gets the message may change it: the sender
/// keeps nothing of it.
struct restored_counts {
  std::shared_ptr<rollup::app_timelines> counts;
};

/// DB WRITER → METRICS AGGREGATOR: batches whose frames were stored and counted before, by another node or as
/// earlier frames of the same keys, and that this node has counted too.
struct stored_elsewhere {
  std::vector<batch_ptr> batches;
};

/// → ARCHIVE: what did the nodes count that are not live?
struct archive_query {
  /// Nodes that answer for themselves.
  std::vector<std::string> live;
};

/// What one node counted, as far as the database has it; likewise handed over.
struct node_counts {
  std::string node;
  std::shared_ptr<rollup::app_timelines> counts;
};

/// ARCHIVE →: what was asked for, sorted by node; a node of which the database has nothing is not there.
struct archived_counts {
  std::vector<node_counts> nodes;
};

} // namespace parseflow
