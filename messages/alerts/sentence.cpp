#include "messages/alerts/sentence.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "messages/alerts/error_titles.hpp"
#include "messages/alerts/metric.hpp"

namespace parseflow::alerts {

namespace {

// With commas between thousands: 48,110.
std::string grouped(std::string text) {
  const auto digits = text.starts_with('-') ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(std::min(text.find('.'), text.size())) - 3; at > digits; at -= 3)
    text.insert(static_cast<std::size_t>(at), 1, ',');
  return text;
}

std::string with_decimals(double value, int decimals) {
  auto text = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
      text.pop_back();
  }
  return grouped(std::move(text));
}

// At most one decimal, and no trailing zero: 5, 12.5. Below 0.1, three significant digits.
std::string shown(double value) {
  if (value == 0 || std::abs(value) >= 0.1 || !std::isfinite(value))
    return with_decimals(value, 1);
  return fmt::format("{:.3g}", value);
}

// With enough decimals (six at most) to tell it from the limit: 5.02, not 5, beside a limit of 5.
std::string shown_beside(double value, double limit) {
  constexpr int most = 6;
  const auto other = shown(limit);
  auto text = shown(value);
  for (int decimals = 2; value != limit && text == other && decimals <= most; ++decimals)
    text = with_decimals(value, decimals);
  return text;
}

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", grouped(std::to_string(count)), what, count == 1 ? "" : "s");
}

// The names of metrics end in their unit.
std::string_view unit_of(std::string_view metric) {
  struct known_unit {
    std::string_view ending, unit;
  };
  constexpr known_unit units[] = {{"_ms", " ms"},       {"_mb", " MB"},      {"_rate", " %"},
                                  {"_minutes", " min"}, {"bytes", " bytes"}, {"_per_second", " per second"}};
  for (const auto& [ending, unit] : units)
    if (metric.ends_with(ending))
      return unit;
  return "";
}

// `p95_ms` → 95; empty for another metric.
std::string_view percentile_of(std::string_view metric) {
  return metric.size() == 6 && metric.starts_with('p') && metric.ends_with("_ms") ? metric.substr(1, 2) : "";
}

// `12 crashes`, or `1 crash`.
std::string some(const std::string& value, std::string_view what) {
  return fmt::format("{} {}{}", value, what, value == "1" ? "" : what.ends_with("sh") ? "es" : "s");
}

} // namespace

std::string sentence(const rule& judged, std::string_view app, const measured& found) {
  const std::string_view metric = judged.metric;
  const auto unit = unit_of(metric);
  const auto value = shown_beside(*found.value, judged.trigger.limit);
  const auto span = fmt::format("{} min", judged.window.count());
  const auto limit = fmt::format("limit {}{}", shown(judged.trigger.limit), unit);
  const auto requests = counted(found.requests, "request");
  if (metric == "failure_rate")
    return fmt::format("{} % of {} of {} in {} failed ({})", value, requests, app, span, limit);
  if (metric == "error_rate")
    return fmt::format("{} % of {} of {} in {} were errors, 4xx among them ({})", value, requests, app, span,
                       limit);
  if (const auto percentile = percentile_of(metric); !percentile.empty())
    return fmt::format("The {}th percentile of the response times of {} of {} in {} is {} ms ({})",
                       percentile, requests, app, span, value, limit);
  if (metric.starts_with(code_prefix)) {
    const auto code = metric.substr(code_prefix.size());
    const auto title = error_title(code);
    return fmt::format("{} {}{} of {} in {} ({})", some(value, "time"), code,
                       title.empty() ? "" : fmt::format(" ({})", title), app, span, limit);
  }
  if (metric == "dyno_crashes")
    return fmt::format("{} of {} in {} ({})", some(value, "dyno crash"), app, span, limit);
  if (metric == "dropped_by_sender")
    return fmt::format("{} of {} in {} never arrived: the sender dropped {} ({})", some(value, "line"), app,
                       span, value == "1" ? "it" : "them", limit);
  if (metric == silent_minutes)
    return fmt::format("No line of {} for {} min ({})", app, value, limit);
  if (metric == database_lag_lines)
    return fmt::format("{} {} not in the database yet ({})", some(value, "line"), value == "1" ? "is" : "are",
                       limit);
  if (metric == database_away_minutes)
    return fmt::format("The database has taken nothing for {} min ({})", value, limit);
  return fmt::format("{} of {} in {} is {}{} ({})", metric, app, span, value, unit, limit);
}

std::string sentence(const rule& judged, std::string_view app, const measured& found, double worst) {
  auto text = sentence(judged, app, found);
  const auto limit = judged.trigger.limit;
  const auto value = shown_beside(worst, limit);
  if (value == shown_beside(*found.value, limit))
    return text;
  return fmt::format("{}; at worst {}{}", text, value, unit_of(judged.metric));
}

std::string length_text(std::chrono::microseconds length) {
  using namespace std::chrono_literals;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(length);
  if (seconds < 1min)
    return fmt::format("{} s", seconds.count());
  if (seconds < 2h)
    return fmt::format("{} min", seconds / 1min);
  return fmt::format("{} h", seconds / 1h);
}

std::string state_text(const alert& one, timestamp now) {
  const auto& text = one.now.empty() ? one.message : one.now;
  const auto length = (one.is_resolved ? one.resolved_at : now) - one.raised_at;
  if (length < std::chrono::minutes{1})
    return text;
  return one.is_resolved ? fmt::format("{}; over after {}", text, length_text(length))
                         : fmt::format("{}; for {} now", text, length_text(length));
}

} // namespace parseflow::alerts
