// The fields of GET /metrics: first those that pollers of the original ParseFlow know, then ours.
#include "http/render/json.hpp"

#include <algorithm>
#include <cmath>

#include "http/connections/json_text.hpp"
#include "http/render/time_text.hpp"
#include "messages/alerts/sentence.hpp"
#include "messages/rollup/app_timelines.hpp"
#include "messages/rollup/dyno_status.hpp"

namespace parseflow::http {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t top_names = 20;

// Durations as the original ParseFlow writes them.
std::int64_t nanoseconds(double ms) {
  return std::llround(ms * 1e6);
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

json counters(const rollup::span_rollup& totals) {
  const auto& methods = totals.by_method;
  const auto of = [&](rollup::method which) { return methods[static_cast<std::size_t>(which)]; };
  return {{"status_2xx", totals.by_status_class[2]},
          {"status_3xx", totals.by_status_class[3]},
          {"status_4xx", totals.by_status_class[4]},
          {"status_5xx", totals.by_status_class[5]},
          {"get_requests", of(rollup::method::get)},
          {"post_requests", of(rollup::method::post)},
          {"put_requests", of(rollup::method::put)},
          {"delete_requests", of(rollup::method::del)},
          {"other_requests", of(rollup::method::other) + of(rollup::method::head) +
                                 of(rollup::method::patch) + of(rollup::method::options)}};
}

json methods(const rollup::span_rollup& totals) {
  using rollup::method;
  json result;
  for (const auto which : {method::get, method::head, method::post, method::put, method::patch, method::del,
                           method::options, method::other}) {
    const auto index = static_cast<std::size_t>(which);
    result[std::string{rollup::method_names[index]}] = totals.by_method[index];
  }
  return result;
}

json top_countries(const rollup::span_rollup& totals) {
  std::vector<std::pair<std::string, std::uint64_t>> ranking(totals.countries.begin(),
                                                             totals.countries.end());
  std::stable_sort(ranking.begin(), ranking.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  ranking.resize(std::min(ranking.size(), top_names));
  json result = json::object();
  for (const auto& [country, count] : ranking)
    result[country] = count;
  return result;
}

// Keys for names in an object. If it covers several apps, each key begins with its app.
class name_keys {
public:
  explicit name_keys(const metrics_snapshot& metrics)
      : asked_(metrics.question.app), are_of_many_(asked_.empty() && metrics.apps.size() > 1) {}

  /// The app and the name of an entry of the totals.
  rollup::app_and_name parts(std::string_view entry) const {
    auto found = rollup::parts_of(entry);
    if (found.app.empty())
      found.app = asked_;
    return found;
  }

  /// `web.1`, or `shop web.1` if there are several apps.
  std::string key(std::string_view entry) const {
    const auto [app, name] = parts(entry);
    if (!are_of_many_ || app.empty())
      return std::string(name);
    return std::string(app) + ' ' + std::string(name);
  }

private:
  std::string_view asked_;
  bool are_of_many_;
};

json top_endpoints(const rollup::span_rollup& totals, const name_keys& names) {
  json result = json::object();
  for (const auto* endpoint : totals.endpoints.top(top_names))
    result[names.key(endpoint->key)] = endpoint->payload.count;
  return result;
}

// What the platform's or the router's lines said about this dyno; null if nothing.
template <class T>
const T* told_of(const std::map<std::string, T, std::less<>>& dynos, std::string_view name) {
  const auto found = dynos.find(name);
  return found == dynos.end() ? nullptr : &found->second;
}

json dyno_performance(const rollup::span_rollup& totals, const name_keys& names) {
  json result = json::object();
  for (const auto& [entry, stats] : totals.dynos) {
    const auto [app, name] = names.parts(entry);
    result[names.key(entry)] = {{"name", name},
                                {"app", app},
                                {"request_count", stats.count},
                                {"avg_response_time", nanoseconds(stats.service.mean())},
                                {"error_rate", percent(stats.errors, stats.count)},
                                {"failure_rate", percent(stats.failures, stats.count)},
                                {"status", dyno_status(&stats, told_of(totals.platform.dynos, entry))}};
  }
  return result;
}

json active_alerts(const std::vector<alert>& alerts, timestamp now) {
  json result = json::array();
  for (const auto& one : alerts) {
    const auto end = one.is_resolved ? one.resolved_at : std::max(now, one.raised_at);
    json entry{{"type", one.type},
               {"app", one.app},
               {"severity", one.severity},
               {"message", alerts::state_text(one, now)},
               {"raised_message", one.message},
               {"value", one.value},
               {"current_value", one.current},
               {"worst_value", one.worst},
               {"timestamp", rfc3339(one.raised_at)},
               {"duration_s", std::chrono::duration<double>(end - one.raised_at).count()},
               {"resolved", one.is_resolved}};
    if (one.is_resolved)
      entry["resolved_at"] = rfc3339(one.resolved_at);
    result.push_back(std::move(entry));
  }
  return result;
}

json request_numbers(std::string_view name_key, rollup::app_and_name of, const rollup::request_stats& stats) {
  const auto& service = stats.service;
  return {{name_key, of.name},
          {"app", of.app},
          {"count", stats.count},
          {"error_rate", percent(stats.errors, stats.count)},
          {"failure_rate", percent(stats.failures, stats.count)},
          {"avg_ms", service.mean()},
          {"p50_ms", service.quantile(0.5)},
          {"p95_ms", service.quantile(0.95)},
          {"p99_ms", service.quantile(0.99)}};
}

json endpoints(const rollup::span_rollup& totals, const name_keys& names) {
  json result = json::array();
  for (const auto* endpoint : totals.endpoints.top(totals.endpoints.entries().size())) {
    auto row = request_numbers("path", names.parts(endpoint->key), endpoint->payload);
    row["count_error"] = endpoint->missed;
    result.push_back(std::move(row));
  }
  return result;
}

json dynos(const rollup::span_rollup& totals, const name_keys& names) {
  json result = json::array();
  for (const auto& [entry, stats] : totals.dynos) {
    auto row = request_numbers("name", names.parts(entry), stats);
    row["status"] = dyno_status(&stats, told_of(totals.platform.dynos, entry));
    result.push_back(std::move(row));
  }
  return result;
}

json websockets(const rollup::span_rollup& totals) {
  constexpr std::uint16_t switching_protocols = 101;
  const auto found = totals.by_status.find(switching_protocols);
  const auto& lengths = totals.websockets;
  return {{"count", found == totals.by_status.end() ? 0 : found->second},
          {"avg_ms", lengths.mean()},
          {"p50_ms", lengths.quantile(0.5)},
          {"p95_ms", lengths.quantile(0.95)},
          {"max_ms", lengths.largest()}};
}

json events(const rollup::platform_stats& platform) {
  std::uint64_t starts = 0, crashes = 0;
  for (const auto& [name, state] : platform.dynos) {
    starts += state.starts;
    crashes += state.crashes;
  }
  return {{"restarts", starts},
          {"crashes", crashes},
          {"releases", platform.releases},
          {"deploys", platform.deploys}};
}

json statuses(const rollup::span_rollup& totals) {
  json result = json::object();
  for (const auto& [status, count] : totals.by_status)
    result[std::to_string(status)] = count;
  return result;
}

// Only what was reported for the dyno: without runtime metrics there is no memory, but there may be crashes.
json dyno_memory(const rollup::span_rollup& totals, const name_keys& names) {
  json result = json::object();
  for (const auto& [key, state] : totals.platform.dynos) {
    const auto [app, name] = names.parts(key);
    json& entry = result[names.key(key)] = {{"name", name}, {"app", app}};
    const auto put = [&entry](const char* last_key, const char* max_key, const rollup::gauge& values) {
      if (values.count == 0)
        return;
      entry[last_key] = values.last;
      entry[max_key] = values.max;
    };
    put("total_mb", "max_total_mb", state.memory_total_mb);
    put("rss_mb", "max_rss_mb", state.memory_rss_mb);
    put("swap_mb", "max_swap_mb", state.memory_swap_mb);
    if (state.memory_quota_mb.count != 0)
      entry["quota_mb"] = state.memory_quota_mb.last;
    put("load_1m", "max_load_1m", state.load_avg_1m);
    entry["starts"] = state.starts;
    entry["crashes"] = state.crashes;
    entry["r14_lines"] = state.r14;
    entry["r15_lines"] = state.r15;
    entry["status"] = dyno_status(told_of(totals.dynos, key), &state);
  }
  return result;
}

json addons(const rollup::platform_stats& platform) {
  json result = json::object();
  for (const auto& [name, state] : platform.addons) {
    json values = json::object();
    for (const auto& [value_name, value] : state.values)
      values[value_name] = {{"last", value.values.last}, {"max", value.values.max}, {"unit", value.unit}};
    result[name] = {{"proc", state.proc}, {"values", std::move(values)}};
  }
  return result;
}

// The name, or `NAME (UNIT)` if the unit cannot be converted into that of the name's first values.
template <class Series>
std::string custom_key(const rollup::by_name<Series>& all, std::string_view key, const Series& series) {
  const auto name = rollup::name_of(key);
  if (rollup::first_series(all, name) == &series)
    return std::string(name);
  return std::string(name) + " (" + (series.unit.text.empty() ? "no unit" : series.unit.text) + ')';
}

json custom(const rollup::custom_stats& stats) {
  json counts = json::object(), gauges = json::object(), measures = json::object(), uniques = json::object();
  for (const auto& [name, series] : stats.counts)
    counts[name] = {{"sum", series.sum.value()}, {"samples", series.observations}};
  for (const auto& [name, series] : stats.gauges) {
    const auto& unit = series.unit.text;
    const auto shown = [&unit](double kept) { return rollup::shown_value(kept, unit); };
    if (observations(series) != 0)
      gauges[custom_key(stats.gauges, name, series)] = {{"last", shown(series.values.last)},
                                                        {"min", shown(series.min)},
                                                        {"max", shown(series.values.max)},
                                                        {"unit", unit}};
  }
  for (const auto& [name, series] : stats.measures) {
    const auto& unit = series.unit.text;
    const auto shown = [&unit](double kept) { return rollup::shown_value(kept, unit); };
    const auto& values = series.values;
    if (observations(series) != 0)
      measures[custom_key(stats.measures, name, series)] = {{"samples", values.count()},
                                                            {"sum", shown(values.sum())},
                                                            {"mean", shown(values.mean())},
                                                            {"min", shown(values.smallest())},
                                                            {"p50", shown(values.quantile(0.5))},
                                                            {"p95", shown(values.quantile(0.95))},
                                                            {"p99", shown(values.quantile(0.99))},
                                                            {"max", shown(values.largest())},
                                                            {"unit", unit}};
  }
  for (const auto& [name, series] : stats.uniques)
    uniques[name] = {{"distinct", series.members.count()}, {"samples", series.observations}};
  return {{"counts", std::move(counts)},
          {"gauges", std::move(gauges)},
          {"measures", std::move(measures)},
          {"uniques", std::move(uniques)}};
}

// What was counted without a name of its own, because there were too many names.
json overflow(const metrics_snapshot& metrics, const name_keys& names) {
  const auto& totals = metrics.totals;
  std::uint64_t dynos = 0;
  for (const auto& [entry, stats] : totals.dynos)
    if (names.parts(entry).name == rollup::other_name)
      dynos += stats.count;
  const auto codes = totals.error_codes.find(rollup::other_name);
  return {{"apps", metrics.other_apps_lines},
          {"endpoints", totals.endpoints.other().count},
          {"dynos", dynos},
          {"error_codes", codes == totals.error_codes.end() ? 0 : codes->second},
          {"custom", totals.custom.overflow},
          {"addons", totals.platform.addon_samples_left_out}};
}

// Empty if all is well.
std::string sentence_of(const std::optional<problem>& found) {
  return found ? found->sentence : std::string{};
}

// For how long the writer has been in its transaction.
double busy_s(const writer_status& writer, timestamp now) {
  if (writer.busy_since == timestamp{})
    return 0;
  return std::max(0.0, std::chrono::duration<double>{now - writer.busy_since}.count());
}

} // namespace

std::string metrics_json(const metrics_snapshot& metrics, const alert_report& alerts,
                         const receiver_status& receiver, const front_counts& front,
                         const forwarding_status& forwarding) {
  const auto writer = alerts.writer.value_or(writer_status{});
  const auto& totals = metrics.totals;
  const auto& service = totals.service;
  const name_keys names(metrics);
  json answer{{"timestamp", rfc3339(metrics.question.now)},
              {"total_requests", totals.requests},
              {"requests_per_second", metrics.requests_per_second},
              {"success_rate", percent(totals.requests - totals.errors, totals.requests)},
              {"error_rate", percent(totals.errors, totals.requests)},
              {"avg_response_time", nanoseconds(service.mean())},
              {"p50_response_time", service.quantile(0.5) * 1'000'000},
              {"p95_response_time", service.quantile(0.95) * 1'000'000},
              {"p99_response_time", service.quantile(0.99) * 1'000'000},
              {"slow_request_count", service.count_above(rollup::slow_above_ms)}};
  answer.update(counters(totals));
  answer["top_countries"] = top_countries(totals);
  answer["dyno_performance"] = dyno_performance(totals, names);
  answer["top_endpoints"] = top_endpoints(totals, names);
  answer["channel_health"] = {
      {"raw_log_chan_usage", percent(receiver.parsing_bytes, receiver.parsing_budget_bytes)},
      {"parsed_log_chan_usage", percent(receiver.unstored_bytes, receiver.unstored_budget_bytes)},
      {"processing_rate", receiver.lines_per_second},
      {"backlog_size", receiver.unstored_frames}};
  answer["active_alerts"] = active_alerts(alerts.alerts, metrics.question.now);

  answer["restoring"] = receiver.is_restoring;
  answer["window"] = to_string(metrics.question.span);
  answer["apps"] = metrics.apps;
  const auto& asked = metrics.question.app;
  answer["app_known"] =
      asked.empty() || std::find(metrics.apps.begin(), metrics.apps.end(), asked) != metrics.apps.end();
  answer["error_codes"] = json::object();
  for (const auto& [code, count] : totals.error_codes)
    answer["error_codes"][code] = count;
  answer["methods"] = methods(totals);
  answer["statuses"] = statuses(totals);
  answer["visitors"] = totals.visitors.count();
  answer["failure_rate"] = percent(totals.failures, totals.requests);
  answer["websockets"] = websockets(totals);
  answer["endpoints"] = endpoints(totals, names);
  answer["dynos"] = dynos(totals, names);
  answer["dyno_memory"] = dyno_memory(totals, names);
  answer["addons"] = addons(totals.platform);
  answer["custom"] = custom(totals.custom);
  answer["folded"] = overflow(metrics, names);
  answer["events"] = events(totals.platform);
  answer["releases"] = totals.platform.releases;
  answer["deploys"] = totals.platform.deploys;
  answer["ingest"] = {{"lines", totals.lines},
                      {"bytes", totals.bytes},
                      {"malformed", totals.malformed},
                      {"count_mismatches", totals.count_mismatches},
                      {"late", totals.late},
                      {"early", totals.early},
                      {"dropped_by_sender", totals.platform.dropped_by_sender},
                      {"custom_samples", totals.platform.custom_samples},
                      {"addon_samples_left_out", totals.platform.addon_samples_left_out},
                      {"samples_left_out", totals.samples_left_out},
                      {"duplicates", receiver.duplicates + writer.duplicates},
                      {"overloaded", receiver.overloaded},
                      {"salvaged", receiver.salvaged},
                      {"held_requests", receiver.held}};
  answer["journal"] = {{"bytes", receiver.journal_bytes},
                       {"disk_bytes", receiver.journal_disk_bytes},
                       {"oldest_age_s", std::chrono::duration<double>{receiver.oldest_age}.count()},
                       {"lost_frames", receiver.lost_frames}};
  answer["database"] = {{"kind", writer.kind},
                        {"connected", writer.is_connected},
                        {"busy_s", busy_s(writer, metrics.question.now)},
                        {"lag_lines", writer.lag_lines},
                        {"stored_lines", writer.stored_lines},
                        {"rejected_frames", writer.rejected_frames},
                        {"last_error", sentence_of(writer.last_error)},
                        {"transaction_lines", writer.transaction_lines},
                        {"log_bytes", writer.log_bytes},
                        {"stopped", sentence_of(writer.stopped)},
                        {"retention_waits", sentence_of(writer.retention_waits)}};
  if (metrics.cluster) {
    answer["cluster"] = {{"node", metrics.cluster->node},
                         {"answered", metrics.cluster->answered},
                         {"missing", metrics.cluster->missing},
                         {"from_database", metrics.cluster->from_database},
                         {"forwarded_frames", forwarding.frames},
                         {"forwarded_bytes", forwarding.bytes},
                         {"failed_over", forwarding.failed_over},
                         {"waiting_frames", forwarding.waiting},
                         {"refused_callers",
                          {{"by_limit", forwarding.refused.by_limit},
                           {"by_handshake", forwarding.refused.by_handshake},
                           {"unlisted", forwarding.refused.unlisted}}}};
  }
  if (alerts.webhook)
    answer["webhook"] = {{"delivered", alerts.webhook->delivered},
                         {"dropped", alerts.webhook->dropped},
                         {"waiting", alerts.webhook->waiting}};
  answer["connections"] = {{"open", front.connections.open},
                           {"limit", front.connections.limit},
                           {"closed_for_others", front.connections.closed_for_others},
                           {"refused_by_address", front.connections.refused_by_address},
                           {"streams", front.connections.streams}};
  answer["tails"] = {{"readers", front.tails.readers},
                     {"lines_shown", front.tails.lines_shown},
                     {"lines_skipped", front.tails.lines_skipped}};
  answer["wrong_credentials"] = {{"drains", front.wrong_drain_credentials},
                                 {"api_keys", front.wrong_api_keys}};
  return json_text(answer);
}

} // namespace parseflow::http
