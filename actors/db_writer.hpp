// DB WRITER: many batches, one transaction. Tells the receiver what is durable, and at start what earlier
// runs left.
#pragma once

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

namespace parseflow {

/// Spawn detached: it blocks on the database. A database that is away is tried again, with growing pauses;
/// what waits for it is bounded by the receiver's budget.
class db_writer : public box_state<db_writer_actor> {
public:
  static constexpr const char* box_name = "db_writer";

  /// The pauses between attempts double from the first to the second.
  static constexpr std::chrono::milliseconds first_pause{100};
  static constexpr std::chrono::milliseconds longest_pause{5000};
  /// Alerts that may wait for a database that is away; beyond it the oldest is not stored.
  static constexpr std::size_t max_pending_alerts = 10'000;
  /// When the database has refused so many frames in a row, it is not the frames: nothing more is set aside,
  /// and after each pause one frame is tried.
  static constexpr int max_refusals_in_row = 20;
  static constexpr std::chrono::milliseconds refusal_pause{30'000};
  /// A write-ahead log above this is told: somebody reads for so long that it cannot be emptied.
  static constexpr std::uint64_t large_log_bytes = 256u << 20;

  /// @param restored Whose rollups the aggregator begins with.
  db_writer(self_pointer self, std::unique_ptr<db::store> store, storage_settings storage,
            receiver_actor receiver, metrics_aggregator_actor aggregator, judge_actor judge,
            db::node_filter restored = db::node_filter::all());

  behavior_type make_behavior();

private:
  void take(const batch_ptr& next);
  void take(alert next);
  void work();
  bool ensure_open();
  void ask_for_unstored();
  void reconcile();
  bool recall();
  void tell_receiver(std::vector<frame_key> stored);
  bool find_last_stored();
  void ask_for_kept(std::uint64_t told);
  void compare(const kept_frames& part, std::uint64_t told);
  void write_pending();
  void refuse(const std::string& reason);
  void write_alerts();
  void settle(std::size_t count, db::write_result written);
  void doubt(std::size_t count);
  void watch_log();
  void tell_judge();
  void pause(const db::result& problem, std::chrono::milliseconds at_least = first_pause);
  void recover();
  void flush_after(std::chrono::milliseconds wait);

  std::unique_ptr<db::store> store_;
  storage_settings storage_;
  receiver_actor receiver_;
  metrics_aggregator_actor aggregator_;
  judge_actor judge_;
  db::node_filter restored_;
  std::vector<batch_ptr> pending_;
  std::uint64_t pending_lines_ = 0;
  std::vector<alert> pending_alerts_;
  transaction_size size_;
  int refusals_in_row_ = 0;
  std::vector<frame_key> unstored_; // what the receiver has told so far
  // Frames of which an earlier try may be in the database, unseen: what is found of them was counted once.
  std::unordered_set<frame_digest, frame_digest_hash> tried_;
  std::optional<frame_key> last_stored_; // by this object
  std::uint64_t missing_ = 0;            // kept frames that the database lacks, so far
  bool is_set_back_ = false;             // it lacks what it had taken, and the receiver is not told all of it
  bool flush_is_due_ = false;            // a flush message is under way
  bool is_asking_ = false;               // the receiver's answer is under way
  bool is_reconciled_ = false;
  bool has_large_log_ = false;
  std::chrono::milliseconds pause_{0}; // zero while all is well
  writer_status status_;
};

} // namespace parseflow
