// DB WRITER: many batches, one transaction. Tells the receiver what is durable, and at start what earlier
// runs left.
#pragma once

#include <memory>
#include <vector>

#include "db/store.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings.hpp"

namespace parseflow {

/// Spawn detached: it blocks on the database. A database that is away is tried again, with growing pauses;
/// what waits for it is bounded by the receiver's budget.
class db_writer : public db_writer_actor::base {
public:
  using super = db_writer_actor::base;

  /// The pauses between attempts double from the first to the second.
  static constexpr std::chrono::milliseconds first_pause{100};
  static constexpr std::chrono::milliseconds longest_pause{5000};
  /// Alerts that may wait for a database that is away; beyond it the oldest is not stored.
  static constexpr std::size_t max_pending_alerts = 10'000;

  /// @param restored Whose rollups the aggregator begins with.
  db_writer(caf::actor_config& config, std::unique_ptr<db::store> store, storage_settings storage,
            receiver_settings memory, std::chrono::hours id_age, receiver_actor receiver,
            metrics_aggregator_actor aggregator, db::node_filter restored = db::node_filter::all());

  const char* name() const override { return "db_writer"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void take(const batch_ptr& next);
  void take(alert next);
  void work();
  bool ensure_open();
  void ask_for_unstored();
  void reconcile(const std::vector<frame_key>& unstored);
  bool reconcile_now(const std::vector<frame_key>& unstored);
  void tell_receiver(std::vector<frame_key> known);
  void write_pending();
  void write_one_by_one();
  void write_alerts();
  void settle(std::size_t count, std::vector<batch_ptr> elsewhere);
  void tell_aggregator();
  void pause(const db::result& problem);
  void flush_after(std::chrono::milliseconds wait);

  std::unique_ptr<db::store> store_;
  storage_settings storage_;
  receiver_settings memory_;
  std::chrono::hours id_age_;
  receiver_actor receiver_;
  metrics_aggregator_actor aggregator_;
  db::node_filter restored_;
  std::vector<batch_ptr> pending_;
  std::uint64_t pending_lines_ = 0;
  std::vector<alert> pending_alerts_;
  bool flush_is_due_ = false;       // a flush message is under way
  bool is_reconciling_ = false;     // the receiver was asked
  std::vector<frame_key> unstored_; // what it has told so far
  bool is_reconciled_ = false;
  std::chrono::milliseconds pause_{0}; // zero while all is well
  writer_status status_;
};

} // namespace parseflow
