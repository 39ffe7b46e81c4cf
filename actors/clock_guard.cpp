#include "actors/clock_guard.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace parseflow::actors {

namespace {

std::chrono::microseconds between(timestamp a, timestamp b) {
  return a < b ? b - a : a - b;
}

std::string text_of(std::chrono::microseconds span) {
  return fmt::format("{:.1f} h", std::chrono::duration<double, std::ratio<3600>>(span).count());
}

} // namespace

expected<> clock_guard::check(timestamp now, std::chrono::steady_clock::time_point steady,
                              const db::retention_clocks& others) {
  if (others.database) {
    const auto difference = between(now, *others.database);
    if (difference > tolerance)
      return problem{
          fmt::format("this node's clock and that of the database differ by {}", text_of(difference))};
    return {};
  }
  if (!others.newest_line || between(now, *others.newest_line) <= tolerance) {
    newest_.reset();
    return {};
  }
  const auto offset =
      std::chrono::floor<std::chrono::microseconds>(now.time_since_epoch() - steady.time_since_epoch());
  const bool has_jumped = std::chrono::abs(offset - offset_) > tolerance;
  if (newest_ != others.newest_line || has_jumped) {
    newest_ = others.newest_line;
    newest_since_ = steady;
    offset_ = offset;
  }
  if (steady - newest_since_ >= tolerance)
    return {};
  return problem{fmt::format("the newest line is dated {} from now", text_of(between(now, *newest_)))};
}

} // namespace parseflow::actors
