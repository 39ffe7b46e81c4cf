// How the boxes are doing: what each reports about itself. None of it leaves the process.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "messages/cluster/gate.hpp"
#include "messages/expected.hpp"
#include "messages/latency.hpp"
#include "messages/time.hpp"

namespace parseflow {

/// How this node does among others: frames that went to them, callers that are none of them. All zero
/// without a cluster.
struct forwarding_status {
  /// Frames that a peer took, and the bytes of their bodies.
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  /// Attempts that failed, so that the frame went to the next node.
  std::uint64_t failed_over = 0;
  /// Frames that a peer has not answered yet, or that wait to be sent to one.
  std::uint64_t waiting = 0;
  /// From the start of the attempt that succeeded until its answer.
  latency took;
  /// Callers that the gate of this node has refused.
  refused_callers refused;
};

/// How the receiver is doing. Counters count since the process started.
struct receiver_status {
  std::uint64_t frames = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::uint64_t duplicates = 0;
  /// Requests answered 503, because there was no room or storing took too long.
  std::uint64_t overloaded = 0;
  /// Frames that a parser could not handle and that were kept as one malformed line each.
  std::uint64_t salvaged = 0;
  /// Bytes of frames with the parsers, and the most there may be.
  std::uint64_t parsing_bytes = 0;
  std::uint64_t parsing_budget_bytes = 0;
  /// Bytes of frames with the DB writer or on the way to it, and the most there may be.
  std::uint64_t unstored_bytes = 0;
  std::uint64_t unstored_budget_bytes = 0;
  /// Frames in the journal and not yet in the database.
  std::uint64_t unstored_frames = 0;
  /// Requests whose frame waits for the journal.
  std::uint64_t held = 0;
  /// Bytes of frames that the journal holds for the database, and what its files take on disk.
  std::uint64_t journal_bytes = 0;
  std::uint64_t journal_disk_bytes = 0;
  /// How long ago the oldest frame that the database lacks came in; zero if it has all.
  std::chrono::microseconds oldest_age{0};
  /// From a frame's arrival at the receiver until it was durable.
  latency acknowledgement;
  /// Frames that could not be read back from the journal: their bytes were damaged on disk, or the
  /// read failed.
  std::uint64_t lost_frames = 0;
  /// Lines parsed per second, over the last ten seconds.
  double lines_per_second = 0;
  /// Why there is no room for frames; nothing if there is.
  std::optional<problem> no_room;
  /// False until the database has reported which frames it already holds.
  bool is_ready = false;
  /// True until everything that earlier runs took in is counted: until then the metrics are too low.
  bool is_restoring = true;
  /// When the oldest frame that the journal holds came in, stored or not; the epoch if it holds none.
  timestamp oldest_record_at{};
};

/// How the tails of this node are doing. Counters count since the tail hub started.
struct tail_status {
  /// Readers who follow lines now.
  std::uint64_t readers = 0;
  /// Lines that were sent to readers, once for each of them.
  std::uint64_t lines_shown = 0;
  /// Lines that were left out for readers who were too slow.
  std::uint64_t lines_skipped = 0;
};

/// DB WRITER → JUDGE: how the DB writer is doing. While a transaction runs, this is the state at its start.
struct writer_status {
  /// `sqlite` or `postgresql`.
  std::string kind;
  /// True while the database takes lines. After a failure it stays false until something has succeeded.
  bool is_connected = false;
  /// When the running transaction started; the epoch if none runs.
  timestamp busy_since{};
  /// Lines handed over and not yet committed. Those that wait for the next transaction to start may be
  /// missing.
  std::uint64_t lag_lines = 0;
  std::uint64_t stored_lines = 0;
  /// Frames that the database refused; their bytes are in its `rejected_frame` table.
  std::uint64_t rejected_frames = 0;
  std::uint64_t transactions = 0;
  /// Nothing if the last attempt went well.
  std::optional<problem> last_error;
  /// Frames that had been stored before, were counted again and then subtracted: late retries.
  std::uint64_t duplicates = 0;
  /// The most lines that the next transaction may have; fewer after failures.
  std::uint64_t transaction_lines = 0;
  /// Size of the database's write-ahead log on disk; 0 if the database looks after its log itself.
  std::uint64_t log_bytes = 0;
  /// Why nothing is stored although the database is there; nothing while storing goes on.
  std::optional<problem> stopped;
  /// See `retention_status::waits`.
  std::optional<problem> retention_waits;
};

/// How the webhook is doing. Counters count since it was started.
struct webhook_status {
  /// Posts that were taken.
  std::uint64_t delivered = 0;
  /// Posts that were given up, or that found no room.
  std::uint64_t dropped = 0;
  /// Alerts that wait for their post.
  std::uint64_t waiting = 0;

  bool operator==(const webhook_status&) const = default;
};

/// RETENTION → SUPERVISOR: how retention is doing.
struct retention_status {
  /// Why no old rows are removed; nothing while they are.
  std::optional<problem> waits;
};

} // namespace parseflow
