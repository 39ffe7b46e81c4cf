// Sentences by metric.
#include "messages/alerts/sentence.hpp"

#include <fmt/format.h>

#include "messages/alerts/metric.hpp"

namespace parseflow::alerts {

namespace {

// One decimal at most, and none that says nothing: 5, 12.5.
std::string shown(double value) {
  auto text = fmt::format("{:.1f}", value);
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

// The names of metrics end in their unit.
std::string_view unit_of(std::string_view metric) {
  struct known_unit {
    std::string_view ending, unit;
  };
  constexpr known_unit units[] = {{"_ms", " ms"},       {"_mb", " MB"},
                                  {"error_rate", " %"}, {"success_rate", " %"},
                                  {"bytes", " bytes"},  {"_per_second", " per second"}};
  for (const auto& [ending, unit] : units)
    if (metric.ends_with(ending))
      return unit;
  return "";
}

// `p95_ms` → 95; empty for another metric.
std::string_view percentile_of(std::string_view metric) {
  return metric.size() == 6 && metric.starts_with('p') && metric.ends_with("_ms") ? metric.substr(1, 2) : "";
}

} // namespace

std::string sentence(const rule& judged, std::string_view app, const measured& found) {
  const std::string_view metric = judged.metric;
  const auto unit = unit_of(metric);
  const auto value = shown(*found.value);
  const auto span = fmt::format("{} min", judged.window.count());
  const auto limit = fmt::format("limit {}{}", shown(judged.trigger.limit), unit);
  if (metric == "error_rate")
    return fmt::format("{} % of {} requests of {} in {} failed ({})", value, found.requests, app, span,
                       limit);
  if (const auto percentile = percentile_of(metric); !percentile.empty())
    return fmt::format("The {}th percentile of the response times of {} requests of {} in {} is {} ms ({})",
                       percentile, found.requests, app, span, value, limit);
  if (metric.starts_with(code_prefix))
    return fmt::format("{} times {} of {} in {} ({})", value, metric.substr(code_prefix.size()), app, span,
                       limit);
  if (metric == "dyno_crashes")
    return fmt::format("{} dyno crashes of {} in {} ({})", value, app, span, limit);
  if (metric == "dropped_by_sender")
    return fmt::format("{} lines of {} in {} never arrived: the sender dropped them ({})", value, app, span,
                       limit);
  if (metric == silent_minutes)
    return fmt::format("No line of {} for {} min ({} min)", app, value, limit);
  if (metric == database_lag_lines)
    return fmt::format("{} lines are not in the database yet ({})", value, limit);
  if (metric == database_away_minutes)
    return fmt::format("The database has taken nothing for {} min ({} min)", value, limit);
  return fmt::format("{} of {} in {} is {}{} ({})", metric, app, span, value, unit, limit);
}

} // namespace parseflow::alerts
