// The alerts that wait for the webhook, how often the first was tried, and when to try again. Sends nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "messages/alert.hpp"
#include "messages/status.hpp"

namespace parseflow::actors {

/// Alerts in their order of arrival. The first is tried until it is taken or given up.
class webhook_queue {
public:
  static constexpr int max_tries = 10;
  static constexpr std::size_t max_waiting = 100;
  /// The pauses between tries double from `first_backoff` to `longest_backoff`, also from one alert to the
  /// next, and start over after a success.
  static constexpr std::chrono::seconds first_backoff{1}, longest_backoff{60};

  /// Adds an alert. False if there was no room, and the oldest was dropped for it.
  bool add(alert next);

  /// The alert to try now; null if none waits.
  const alert* next() const { return waiting_.empty() ? nullptr : &waiting_.front(); }

  /// The alert was taken.
  void succeeded();

  /// The alert was not taken. True if it was given up.
  bool failed();

  /// How long to wait before the next try.
  std::chrono::seconds backoff() const { return backoff_; }

  const webhook_status& status() const { return status_; }

private:
  void drop_first();

  std::deque<alert> waiting_;
  int tries_ = 0; // of the first alert
  std::chrono::seconds backoff_{0};
  webhook_status status_;
};

} // namespace parseflow::actors
