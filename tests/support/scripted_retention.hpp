// A retention that does in each step what the test says.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>

#include "db/retention.hpp"
#include "messages/system_time.hpp"

namespace parseflow::test {

/// What the test and the retention share; outlives the retention.
struct retention_script {
  /// The next steps; when empty, a pass that is over at once.
  std::deque<db::retention_step> steps;
  std::atomic<int> calls = 0;
  /// `step` throws so many times: a defect, since it may not throw.
  std::atomic<int> crashes = 0;
  /// What it tells of the time; a server's clock that is right when there is nothing.
  std::optional<db::retention_clocks> clocks;
  /// Of the last step.
  db::retention_limits limits;
  /// Retentions that were made.
  std::atomic<int> made = 0;
};

class scripted_retention : public db::retention {
public:
  explicit scripted_retention(std::shared_ptr<retention_script> script) : script_(std::move(script)) {
    ++script_->made;
  }

  db::retention_clocks clocks() override {
    return script_->clocks.value_or(db::retention_clocks{{}, system_time(), {}});
  }

  db::retention_step step(const db::retention_limits& limits) override {
    script_->limits = limits;
    ++script_->calls;
    if (script_->crashes > 0) {
      --script_->crashes;
      throw std::runtime_error("as the test says");
    }
    db::retention_step next;
    next.is_pass_over = script_->steps.empty();
    if (!script_->steps.empty()) {
      next = std::move(script_->steps.front());
      script_->steps.pop_front();
    }
    return next;
  }

private:
  std::shared_ptr<retention_script> script_;
};

} // namespace parseflow::test
