// How long the windows of `GET /metrics` are.
#pragma once

#include <chrono>

#include "messages/questions.hpp"

namespace parseflow {

/// The length of `span`; for `window::all` the length of a day.
constexpr std::chrono::minutes length_of(window span) {
  using namespace std::chrono_literals;
  switch (span) {
  case window::one_minute:
    return 1min;
  case window::five_minutes:
    return 5min;
  case window::one_hour:
    return 1h;
  case window::one_day:
  case window::all:
    return 24h;
  }
  return 24h;
}

} // namespace parseflow
