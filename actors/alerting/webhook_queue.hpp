// What waits for the webhook, how often it was tried, and when to try again. Decides; sends nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "messages/alert.hpp"
#include "messages/status.hpp"

namespace parseflow {

/// Alerts in the order in which they came. The first is tried until it is taken or given up.
class webhook_queue {
public:
  static constexpr int max_tries = 10;
  static constexpr std::size_t max_waiting = 100;
  /// The pauses between tries double from the first to the second, also from one alert to the next, and begin
  /// anew when something was taken.
  static constexpr std::chrono::seconds first_pause{1}, longest_pause{60};

  /// Adds an alert. False if it found no room, and the one that waited the longest was dropped for it.
  bool add(alert next);

  /// The alert to try now; nothing if none waits.
  const alert* next() const { return waiting_.empty() ? nullptr : &waiting_.front(); }

  /// It was taken.
  void succeeded();

  /// It was not. True if it was given up.
  bool failed();

  /// How long to wait before the next try.
  std::chrono::seconds pause() const { return pause_; }

  const webhook_status& status() const { return status_; }

private:
  void drop_first();

  std::deque<alert> waiting_;
  int tries_ = 0; // of the first
  std::chrono::seconds pause_{0};
  webhook_status status_;
};

} // namespace parseflow
