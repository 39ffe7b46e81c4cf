// RETENTION: has old rows removed and old rollups folded, a small step at a time, beside the DB writer.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "actors/box.hpp"
#include "actors/clock_guard.hpp"
#include "db/retention.hpp"
#include "messages/interfaces.hpp"

namespace parseflow {

/// Spawn detached: it blocks on the database. A database that is away is tried again, with growing pauses. No
/// pass begins before the receiver knows which frames of an earlier run are stored: that is told by the frame
/// keys, and after a long rest they are old enough to go. Nor does one while the clock is not to be trusted.
class retention : public box_state<retention_actor> {
public:
  static constexpr const char* box_name = "retention";

  /// From the end of a pass to the next one, and between two steps.
  static constexpr std::chrono::minutes pass_pause{5};
  static constexpr std::chrono::milliseconds step_pause{20};
  /// The pauses after failures double from the first to the second.
  static constexpr std::chrono::seconds first_failure_pause{1};
  static constexpr std::chrono::seconds longest_failure_pause{64};

  retention(self_pointer self, std::unique_ptr<db::retention> rows, receiver_source_actor receiver,
            retention_listener_actor listener);

  behavior_type make_behavior();

private:
  void begin_pass();
  void begin_pass(timestamp oldest_record);
  void step();
  void tell();
  void wait(const std::string& reason);
  void pause(const db::result& problem);

  std::unique_ptr<db::retention> rows_;
  receiver_source_actor receiver_;
  retention_listener_actor listener_;
  clock_guard clock_guard_;
  std::string waits_; // what the listener was told last
  bool is_in_pass_ = false;
  // When the running pass began: a clock that jumps meanwhile does not matter.
  db::retention_limits limits_;
  // What the running pass removed and folded.
  std::array<std::uint64_t, db::kept_tables.size()> removed_{};
  std::string partitions_;
  db::folded_rows folded_;
  std::chrono::seconds failure_pause_{0}; // zero while all is well
};

} // namespace parseflow
