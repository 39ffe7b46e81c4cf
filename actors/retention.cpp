#include "actors/retention.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "messages/answer_timeouts.hpp"
#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

namespace {

// The pause before the receiver is asked again whether it is ready.
constexpr std::chrono::seconds readiness_interval{1};

} // namespace

retention::retention(self_pointer self, std::unique_ptr<db::retention> rows, receiver_source_actor receiver,
                     retention_listener_actor listener)
    : box_state(self), rows_(std::move(rows)), receiver_(std::move(receiver)),
      listener_(std::move(listener)) {}

retention::behavior_type retention::make_behavior() {
  self_->send(self_, caf::tick_atom_v);
  return {
      [this](caf::tick_atom) {
        if (is_in_pass_)
          step();
        else
          begin_pass();
      },
  };
}

void retention::begin_pass() {
  self_->request(receiver_, answer_timeouts::retention_pass, status_atom_v)
      .then(
          [this](const receiver_status& status) {
            if (status.is_ready)
              begin_pass(status.oldest_record_at);
            else
              self_->delayed_send(self_, readiness_interval, caf::tick_atom_v);
          },
          [this](const caf::error&) { self_->delayed_send(self_, readiness_interval, caf::tick_atom_v); });
}

// `oldest_record` protects frame keys: a frame that the journal still holds may be read there again, however
// old it is, and only its key shows that it is stored.
void retention::begin_pass(timestamp oldest_record) {
  const auto now = system_time();
  const auto clocks = rows_->clocks();
  if (clocks.outcome.code != db::outcome::done)
    return back_off(clocks.outcome);
  const auto trusted = clock_guard_.check(now, self_->clock().now(), clocks);
  wait(trusted ? std::nullopt : std::optional{trusted.error()});
  if (!trusted) {
    self_->delayed_send(self_, pass_interval, caf::tick_atom_v);
    return;
  }
  limits_ = {now, oldest_record == timestamp{} ? timestamp::max() : oldest_record};
  is_in_pass_ = true;
  self_->delayed_send(self_, step_interval, caf::tick_atom_v);
}

// Without a reason the waiting ends.
void retention::wait(const std::optional<problem>& reason) {
  if (reason.has_value() == waits_.has_value())
    return;
  waits_ = reason;
  if (reason)
    log(log_level::warn, box_name, "no old rows are removed: the clock may be wrong",
        {{"reason", reason->sentence}});
  else
    log(log_level::info, box_name, "the clock is trusted again: old rows are removed");
  self_->send(listener_, retention_status{reason});
}

void retention::step() {
  const auto taken = rows_->step(limits_);
  if (taken.outcome.code != db::outcome::done) {
    back_off(taken.outcome);
    return;
  }
  failure_backoff_ = {};
  for (std::size_t i = 0; i < removed_.size(); ++i)
    removed_[i] += taken.rows[i];
  for (const auto& partition : taken.partitions)
    partitions_ += (partitions_.empty() ? "" : " ") + partition;
  downsampled_ += taken.downsampled;
  if (!taken.is_pass_over) {
    self_->delayed_send(self_, step_interval, caf::tick_atom_v);
    return;
  }
  report();
  is_in_pass_ = false;
  self_->delayed_send(self_, pass_interval, caf::tick_atom_v);
}

// Logs one line if the pass removed or downsampled something.
void retention::report() {
  std::string rows;
  for (std::size_t i = 0; i < removed_.size(); ++i)
    if (removed_[i] > 0)
      rows += fmt::format("{}{}: {}", rows.empty() ? "" : ", ", db::kept_tables[i].name, removed_[i]);
  const bool has_removed = !rows.empty() || !partitions_.empty();
  const std::string downsampled =
      downsampled_.from > 0 ? fmt::format("rollup: {} into {}", downsampled_.from, downsampled_.into) : "";
  if (has_removed || !downsampled.empty())
    log(log_level::info, box_name, has_removed ? "old rows removed" : "old rows downsampled",
        {{"rows", rows}, {"partitions", partitions_}, {"downsampled", downsampled}});
  removed_ = {};
  partitions_.clear();
  downsampled_ = {};
}

// The cause is a lock that is held for long or a database that is away. The DB writer reports the latter.
void retention::back_off(const db::result& problem) {
  const bool was_longest = failure_backoff_ == longest_failure_backoff;
  failure_backoff_ = std::clamp(failure_backoff_ * 2, first_failure_backoff, longest_failure_backoff);
  if (failure_backoff_ == longest_failure_backoff && !was_longest)
    log(log_level::warn, box_name, "old rows could not be removed in several tries; retention tries again",
        {{"problem", problem.message}});
  self_->delayed_send(self_, failure_backoff_, caf::tick_atom_v);
}

} // namespace parseflow::actors
