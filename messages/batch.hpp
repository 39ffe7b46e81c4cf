// A parsed frame: its records and the partial rollup of them. Immutable and shared by all sinks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/frame.hpp"
#include "messages/parsed_body.hpp"
#include "messages/rollup/minute_rollup.hpp"

namespace parseflow {

/// Which sinks a batch is for. If the database lags, the metrics get a batch at once and the database gets it
/// later, from the journal.
enum class delivery : std::uint8_t { all, metrics, database };

/// The unit that sinks take. Keeps its frame, since the records point into the frame's body.
struct batch {
  /// The receiver's number for the frame, by which `committed_frames` names it.
  std::uint64_t sequence = 0;
  delivery deliver_to = delivery::all;
  frame_ptr origin;
  parsed_body records;
  /// The counts that this batch adds to the metrics: aggregator and database add the same value.
  rollup::partial partial;
};

/// Stays in the process: nodes send each other frames, not batches.
using batch_ptr = std::shared_ptr<const batch>;

/// PARSER → ROUTER → SINK: the batches of frames that were parsed together. One message for each would cost more
/// than parsing a small frame does.
struct batch_group {
  std::vector<batch_ptr> all;
};

/// One minute of one app on one node, as a database holds it.
struct stored_rollup {
  std::string app;
  minute at{};
  rollup::minute_rollup data;
  /// The node that counted it.
  std::string node{};
};

} // namespace parseflow
