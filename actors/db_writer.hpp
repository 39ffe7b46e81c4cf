// DB WRITER: writes many batches in one transaction. Reports to the receiver which frames are durable, and at
// the start which frames of earlier runs the database has.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "actors/box.hpp"
#include "actors/transaction_size.hpp"
#include "db/store.hpp"
#include "messages/frame_digest.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// When a transaction starts: see `storage_settings`.
struct db_writer_settings {
  std::uint32_t batch_lines = 0;
  std::chrono::milliseconds batch_interval{};
};

/// Spawn detached: it blocks on the database. While the database is away, it tries again with growing pauses;
/// the receiver's budget bounds what waits meanwhile.
class db_writer : public box_state<db_writer_actor> {
public:
  static constexpr const char* box_name = "db_writer";

  /// The pauses between attempts double from `first_backoff` to `longest_backoff`.
  static constexpr std::chrono::milliseconds first_backoff{100};
  static constexpr std::chrono::milliseconds longest_backoff{5000};
  /// The number of alerts that may wait while the database is away; beyond it the oldest is dropped.
  static constexpr std::size_t max_pending_alerts = 10'000;
  /// If the database has refused this many frames in a row, the frames are not the cause: no more are set
  /// aside, and one frame is tried after each `refusal_backoff`.
  static constexpr int max_refusals_in_row = 20;
  static constexpr std::chrono::milliseconds refusal_backoff{30'000};
  /// A write-ahead log larger than this is reported: some reader's transaction is open for too long for the
  /// log to be emptied.
  static constexpr std::uint64_t large_log_bytes = 256u << 20;

  /// @param restored The nodes whose rollups the aggregator begins with.
  db_writer(self_pointer self, std::unique_ptr<db::store> store, db_writer_settings settings,
            receiver_actor receiver, metrics_aggregator_actor aggregator, judge_actor judge,
            db::node_filter restored = db::node_filter::all());

  behavior_type make_behavior();

private:
  void take(const batch_group& next);
  void take(alert next);
  void work();
  bool ensure_open();
  void ask_for_unstored();
  void reconcile();
  bool recall();
  void report_stored(std::vector<frame_key> stored);
  bool find_last_stored();
  void ask_for_kept(std::uint64_t listed);
  void compare(const kept_frames& part, std::uint64_t listed);
  void write_pending();
  void refuse(const std::string& reason);
  void write_alerts();
  void settle(std::size_t count, db::write_result written);
  void doubt(std::size_t count);
  void watch_log();
  void report_status(timestamp busy_since = {});
  void back_off(const db::result& failed, std::chrono::milliseconds at_least = first_backoff);
  void recover();
  void note_connected();
  void flush_after(std::chrono::milliseconds wait);

  std::unique_ptr<db::store> store_;
  db_writer_settings settings_;
  receiver_actor receiver_;
  metrics_aggregator_actor aggregator_;
  judge_actor judge_;
  db::node_filter restored_;
  std::vector<batch_ptr> pending_;
  std::uint64_t pending_lines_ = 0;
  std::vector<alert> pending_alerts_;
  transaction_size size_;
  int refusals_in_row_ = 0;
  std::vector<frame_key> unstored_; // reported by the receiver so far
  // Frames that an earlier try may have stored unnoticed: if the database has one, it was counted only once.
  std::unordered_set<frame_digest, frame_digest_hash> tried_;
  std::optional<frame_key> last_stored_; // stored by this object
  std::uint64_t missing_ = 0;            // kept frames that the database lacks, so far
  bool is_set_back_ = false;             // the database lost frames that are still to be reported
  bool flush_is_due_ = false;            // a flush message is on its way
  bool is_asking_ = false;               // the receiver has not answered yet
  bool is_reconciled_ = false;
  bool has_large_log_ = false;
  std::chrono::milliseconds backoff_{0}; // zero while all is well
  writer_status status_;
};

} // namespace parseflow::actors
