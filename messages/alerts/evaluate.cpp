// The two rules, and what becomes of an alert over time.
#include "messages/alerts/evaluate.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace parseflow::alerts {

namespace {

constexpr std::chrono::hours resolved_kept{1};
constexpr std::size_t max_alerts = 100;
constexpr double critical_factor = 2;

// One decimal at most, and none that says nothing: 5, 12.5.
std::string shown(double value) {
  const auto text = fmt::format("{:.1f}", value);
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

bool is_resolved(const alert& a) {
  return a.resolved;
}

std::string_view severity_of(bool is_critical) {
  return is_critical ? "critical" : "warning";
}

} // namespace

bool evaluator::evaluate(const rollup::minute_rollup& recent, timestamp now) {
  forget(now);
  const bool rate_changed = apply("high_error_rate", high_error_rate(recent), now);
  const bool pace_changed = apply("slow_response", slow_response(recent), now);
  return rate_changed || pace_changed;
}

std::optional<evaluator::finding> evaluator::high_error_rate(const rollup::minute_rollup& recent) const {
  const double limit = settings_.error_rate_percent;
  if (recent.requests == 0 || recent.requests < settings_.min_requests)
    return std::nullopt;
  const double rate = 100 * static_cast<double>(recent.errors) / static_cast<double>(recent.requests);
  if (rate <= limit)
    return std::nullopt;
  return finding{rate >= critical_factor * limit,
                 fmt::format("{} % of {} requests in {} min failed (limit {} %)", shown(rate),
                             recent.requests, settings_.window.count(), shown(limit))};
}

std::optional<evaluator::finding> evaluator::slow_response(const rollup::minute_rollup& recent) const {
  const auto& service = recent.service;
  if (service.count() == 0 || service.count() < settings_.min_requests)
    return std::nullopt;
  const auto p95 = service.quantile_ms(0.95);
  if (p95 <= settings_.slow_p95_ms)
    return std::nullopt;
  return finding{static_cast<double>(p95) >= critical_factor * settings_.slow_p95_ms,
                 fmt::format("The 95th percentile of {} response times in {} min is {} ms (limit {} ms)",
                             service.count(), settings_.window.count(), p95, settings_.slow_p95_ms)};
}

bool evaluator::apply(std::string_view type, const std::optional<finding>& found, timestamp now) {
  const auto open = std::find_if(alerts_.begin(), alerts_.end(),
                                 [type](const alert& a) { return a.type == type && !a.resolved; });
  if (open == alerts_.end()) {
    if (!found)
      return false;
    alert raised;
    raised.type = type;
    raised.severity = severity_of(found->is_critical);
    raised.message = found->message;
    raised.raised_at = now;
    alerts_.insert(alerts_.begin(), std::move(raised));
    if (alerts_.size() > max_alerts) // the oldest that is not open; there are more alerts than rules
      alerts_.erase(std::prev(std::find_if(alerts_.rbegin(), alerts_.rend(), is_resolved).base()));
    return true;
  }
  if (!found) {
    open->resolved = true;
    open->resolved_at = now;
    return true;
  }
  if (!found->is_critical || open->severity == severity_of(true))
    return false;
  open->severity = severity_of(true);
  open->message = found->message;
  return true;
}

void evaluator::forget(timestamp now) {
  std::erase_if(alerts_, [now](const alert& a) { return a.resolved && now - a.resolved_at > resolved_kept; });
}

} // namespace parseflow::alerts
