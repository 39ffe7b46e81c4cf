// RETENTION: has old rows removed and old rollups downsampled, in small steps, beside the DB writer.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "actors/box.hpp"
#include "actors/clock_guard.hpp"
#include "db/retention.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::actors {

/// Spawn detached: it blocks on the database. While the database is away, it tries again with growing
/// pauses. No pass begins before the receiver knows which frames of earlier runs are stored: the frame keys
/// say so, and after a long downtime they may be old enough to be removed. No pass begins while the clock
/// cannot be trusted.
class retention : public box_state<retention_actor> {
public:
  static constexpr const char* box_name = "retention";

  /// The pause between two passes, and the one between two steps.
  static constexpr std::chrono::minutes pass_interval{5};
  static constexpr std::chrono::milliseconds step_interval{20};
  /// The pauses after failures double from `first_failure_backoff` to `longest_failure_backoff`.
  static constexpr std::chrono::seconds first_failure_backoff{1};
  static constexpr std::chrono::seconds longest_failure_backoff{64};

  retention(self_pointer self, std::unique_ptr<db::retention> rows, receiver_source_actor receiver,
            retention_listener_actor listener);

  behavior_type make_behavior();

private:
  void begin_pass();
  void begin_pass(timestamp oldest_record);
  void step();
  void report();
  void wait(const std::optional<problem>& reason);
  void back_off(const db::result& problem);

  std::unique_ptr<db::retention> rows_;
  receiver_source_actor receiver_;
  retention_listener_actor listener_;
  clock_guard clock_guard_;
  std::optional<problem> waits_; // what the listener got last
  bool is_in_pass_ = false;
  // Fixed when the running pass began, so that a clock that jumps meanwhile does not matter.
  db::retention_limits limits_;
  // The rows that the running pass has removed and downsampled so far.
  std::array<std::uint64_t, db::kept_tables.size()> removed_{};
  std::string partitions_;
  db::downsampled_rows downsampled_;
  std::chrono::seconds failure_backoff_{0}; // zero while all is well
};

} // namespace parseflow::actors
