#include "actors/metrics_aggregator.hpp"

#include <algorithm>
#include <utility>

#include "messages/answer_timeouts.hpp"

namespace parseflow::actors {

namespace {

constexpr std::chrono::seconds merge_interval{1};

} // namespace

metrics_aggregator::metrics_aggregator(self_pointer self, metrics_history_actor history)
    : box_state(self), history_(std::move(history)) {}

metrics_aggregator::behavior_type metrics_aggregator::make_behavior() {
  self_->delayed_send(self_, merge_interval, caf::tick_atom_v);
  return {
      [this](const batch_group& next) {
        for (const auto& one : next.all)
          add(*one);
      },
      [this](const metrics_query& question) { return pass_on(question); },
      [this](const totals_query& question) { return pass_on(question); },
      [this](const series_query& question) { return pass_on(question); },
      [this](const watch_query& question) { return pass_on(question); },
      [this](const restored_counts& earlier) { pass_on(earlier); },
      [this](const stored_elsewhere& theirs) { pass_on(theirs); },
      [this](caf::tick_atom) { tick(); },
  };
}

void metrics_aggregator::add(const batch& next) {
  auto& counts = fresh_->apps[next.origin->app];
  counts.heard = std::max(counts.heard, next.origin->received_at);
  for (const auto& part : next.partial)
    merge(counts.minutes[part.at], part.data);
  fresh_->lines += next.records.framing.lines;
}

void metrics_aggregator::hand_over() {
  if (!fresh_->apps.empty())
    self_->send(history_, fresh_counts_ptr{std::exchange(fresh_, std::make_shared<fresh_counts>())});
}

// A history that lags gets nothing more until it has caught up; meanwhile the counts are merged here.
void metrics_aggregator::tick() {
  self_->delayed_send(self_, merge_interval, caf::tick_atom_v);
  if (history_ticks_)
    return;
  hand_over();
  history_ticks_ = true;
  self_->request(history_, answer_timeouts::busy_box, caf::tick_atom_v)
      .then([this](bool) { history_ticks_ = false; }, [this](const caf::error&) { history_ticks_ = false; });
}

} // namespace parseflow::actors
