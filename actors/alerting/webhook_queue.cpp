#include "actors/alerting/webhook_queue.hpp"

#include <algorithm>

namespace parseflow::actors {

bool webhook_queue::add(alert next) {
  const bool has_room = waiting_.size() < max_waiting;
  if (!has_room)
    drop_first();
  waiting_.push_back(std::move(next));
  status_.waiting = waiting_.size();
  return has_room;
}

void webhook_queue::succeeded() {
  ++status_.delivered;
  waiting_.pop_front();
  status_.waiting = waiting_.size();
  tries_ = 0;
  backoff_ = {};
}

bool webhook_queue::failed() {
  backoff_ = std::clamp(backoff_ * 2, first_backoff, longest_backoff);
  if (++tries_ < max_tries)
    return false;
  drop_first();
  return true;
}

void webhook_queue::drop_first() {
  ++status_.dropped;
  waiting_.pop_front();
  status_.waiting = waiting_.size();
  tries_ = 0;
}

} // namespace parseflow::actors
