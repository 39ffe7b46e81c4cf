// A retention whose steps the test defines.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>

#include "db/retention.hpp"
#include "messages/system_time.hpp"

namespace parseflow::test {

/// The state that the test and the retention share; outlives the retention.
struct retention_script {
  /// The results of the next steps. When it is empty, a step ends its pass at once.
  std::deque<db::retention_step> steps;
  std::atomic<int> calls = 0;
  /// How many more times `step` throws. It may not throw, so this imitates a defect.
  std::atomic<int> crashes = 0;
  /// What `clocks` returns; if empty, a server's clock that is right.
  std::optional<db::retention_clocks> clocks;
  /// The argument of the last step.
  db::retention_limits limits;
  /// How many retentions were made.
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
