// Rendering of metrics.
#include "http/render_json.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace parseflow::http {

namespace {

using json = nlohmann::ordered_json;
using rollup::request_stats;

constexpr std::size_t top_count = 20;
constexpr std::uint64_t slow_ms = 250;

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::int64_t nanoseconds(double ms) {
  return std::llround(ms * 1e6);
}

std::int64_t quantile_ns(const rollup::histogram& h, double q) {
  return h.count() == 0 ? 0 : nanoseconds(static_cast<double>(h.quantile_ms(q)));
}

double mean_ms(const rollup::histogram& h) {
  return h.count() == 0 ? 0 : h.mean_ms();
}

// Above these a dyno is called warning or critical.
std::string_view dyno_condition(const request_stats& stats) {
  const auto error_rate = percent(stats.errors, stats.count);
  const auto mean = mean_ms(stats.service);
  if (error_rate > 10 || mean > 3000)
    return "critical";
  if (error_rate > 5 || mean > 1000)
    return "warning";
  return "healthy";
}

json quantiles_ms(const request_stats& stats) {
  const auto quantile = [&](double q) {
    return stats.service.count() == 0 ? 0 : stats.service.quantile_ms(q);
  };
  return {{"count", stats.count},
          {"error_rate", percent(stats.errors, stats.count)},
          {"avg_ms", mean_ms(stats.service)},
          {"p50_ms", quantile(0.5)},
          {"p95_ms", quantile(0.95)},
          {"p99_ms", quantile(0.99)}};
}

// The most frequent names, as an object.
json top_counts(const std::map<std::string, std::uint64_t, std::less<>>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted{counts.begin(), counts.end()};
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sorted.size() > top_count)
    sorted.resize(top_count);
  json result = json::object();
  for (const auto& [name, count] : sorted)
    result[name] = count;
  return result;
}

void add_requests(json& out, const rollup::minute_rollup& totals) {
  out["success_rate"] = percent(totals.requests - totals.errors, totals.requests);
  out["error_rate"] = percent(totals.errors, totals.requests);
  out["avg_response_time"] = nanoseconds(mean_ms(totals.service));
  out["p50_response_time"] = quantile_ns(totals.service, 0.5);
  out["p95_response_time"] = quantile_ns(totals.service, 0.95);
  out["p99_response_time"] = quantile_ns(totals.service, 0.99);
  out["slow_request_count"] = totals.service.count_above(slow_ms);
  for (std::size_t i = 2; i <= 5; ++i)
    out[fmt::format("status_{}xx", i)] = totals.by_status_class[i];
  constexpr std::string_view methods[] = {"get", "post", "put", "delete", "other"};
  for (std::size_t i = 0; i < rollup::method_count; ++i)
    out[fmt::format("{}_requests", methods[i])] = totals.by_method[i];
}

void add_names(json& out, const rollup::minute_rollup& totals) {
  out["top_countries"] = top_counts(totals.countries);
  auto& performance = out["dyno_performance"] = json::object();
  auto dynos = json::array();
  for (const auto& [name, stats] : totals.dynos) {
    performance[name] = {{"name", name},
                         {"request_count", stats.count},
                         {"avg_response_time", nanoseconds(mean_ms(stats.service))},
                         {"error_rate", percent(stats.errors, stats.count)},
                         {"status", dyno_condition(stats)}};
    json dyno{{"name", name}};
    dyno.update(quantiles_ms(stats));
    dynos.push_back(std::move(dyno));
  }
  auto& top = out["top_endpoints"] = json::object();
  auto endpoints = json::array();
  for (const auto* entry : totals.endpoints.top(top_count)) {
    top[entry->key] = entry->payload.count;
    json endpoint{{"path", entry->key}};
    endpoint.update(quantiles_ms(entry->payload));
    endpoint["count_error"] = entry->missed;
    endpoints.push_back(std::move(endpoint));
  }
  out["endpoints"] = std::move(endpoints);
  out["dynos"] = std::move(dynos);
  out["error_codes"] = top_counts(totals.error_codes);
}

json alerts(const std::vector<alert>& all) {
  auto result = json::array();
  for (const auto& a : all) {
    json one{{"type", a.type},
             {"severity", a.severity},
             {"message", a.message},
             {"timestamp", render_time(a.raised_at)},
             {"resolved", a.resolved}};
    if (a.resolved)
      one["resolved_at"] = render_time(a.resolved_at);
    result.push_back(std::move(one));
  }
  return result;
}

} // namespace

std::string render_time(timestamp at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), (at - seconds).count());
}

std::string render_json(const metrics_view& view) {
  const auto& [metrics, receiver, writer] = view;
  const auto& totals = metrics.totals;
  json out;
  out["timestamp"] = render_time(metrics.question.now);
  out["window"] = to_string(metrics.question.span);
  if (!metrics.question.app.empty())
    out["app"] = metrics.question.app;
  out["apps"] = metrics.apps;
  out["total_requests"] = totals.requests;
  out["requests_per_second"] = metrics.requests_per_second;
  add_requests(out, totals);
  add_names(out, totals);
  out["channel_health"] = {
      {"raw_log_chan_usage", percent(receiver.parsing_bytes, receiver.parsing_budget_bytes)},
      {"parsed_log_chan_usage", percent(receiver.unstored_bytes, receiver.unstored_budget_bytes)},
      {"processing_rate", receiver.lines_per_second},
      {"backlog_size", receiver.unstored_frames}};
  out["active_alerts"] = alerts(metrics.alerts);
  out["ingest"] = {{"lines", totals.lines},
                   {"bytes", totals.bytes},
                   {"duplicates", receiver.duplicates},
                   {"malformed", totals.malformed},
                   {"count_mismatches", totals.count_mismatches},
                   {"overloaded", receiver.overloaded},
                   {"held_requests", receiver.held}};
  out["database"] = {{"kind", writer.kind},
                     {"connected", writer.connected},
                     {"lag_lines", writer.lag_lines},
                     {"stored_lines", writer.stored_lines},
                     {"rejected_frames", writer.rejected_frames},
                     {"last_error", writer.last_error}};
  // Paths and names are an app's bytes, not always UTF-8.
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace parseflow::http
