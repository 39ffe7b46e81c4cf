// The values of the series that charts and alerts can name.
#include "messages/rollup/metric_value.hpp"

#include <algorithm>

namespace parseflow::rollup {

namespace {

using span = std::chrono::seconds;
using optional_value = std::optional<double>;

struct metric {
  std::string_view name;
  optional_value (*value)(const span_rollup&, span);
};

double number(std::uint64_t n) {
  return static_cast<double>(n);
}

optional_value percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0)
    return std::nullopt;
  return 100 * number(part) / number(whole);
}

optional_value rate(std::uint64_t count, span length) {
  return number(count) / static_cast<double>(std::max<span::rep>(length.count(), 1));
}

optional_value quantile(const histogram& h, double q) {
  if (h.count() == 0)
    return std::nullopt;
  return number(h.quantile(q));
}

optional_value mean(const histogram& h) {
  if (h.count() == 0)
    return std::nullopt;
  return h.mean();
}

template <std::uint64_t span_rollup::*Counter>
optional_value counter(const span_rollup& r, span) {
  return number(r.*Counter);
}

template <std::uint64_t platform_stats::*Counter>
optional_value platform_counter(const span_rollup& r, span) {
  return number(r.platform.*Counter);
}

template <std::uint64_t dyno_state::*Counter>
optional_value dyno_counter(const span_rollup& r, span) {
  std::uint64_t sum = 0;
  for (const auto& [name, state] : r.platform.dynos)
    sum += state.*Counter;
  return number(sum);
}

// The greatest value of any dyno.
template <gauge dyno_state::*Gauge>
optional_value dyno_max(const span_rollup& r, span) {
  optional_value greatest;
  for (const auto& [name, state] : r.platform.dynos)
    if ((state.*Gauge).count != 0)
      greatest = std::max(greatest, optional_value((state.*Gauge).max));
  return greatest;
}

template <std::size_t Class>
optional_value status_class(const span_rollup& r, span) {
  return number(r.by_status_class[Class]);
}

template <std::uint16_t Status>
optional_value status_of(const span_rollup& r, span) {
  const auto found = r.by_status.find(Status);
  return number(found == r.by_status.end() ? 0 : found->second);
}

template <method Method>
optional_value requests_by(const span_rollup& r, span) {
  return number(r.by_method[static_cast<std::size_t>(Method)]);
}

// The group "other" as pollers of the original ParseFlow know it: all requests with a method that has no
// series there.
optional_value other_requests(const span_rollup& r, span) {
  std::uint64_t sum = 0;
  for (const auto which : {method::other, method::head, method::patch, method::options})
    sum += r.by_method[static_cast<std::size_t>(which)];
  return number(sum);
}

constexpr metric metrics[] = {
    {"requests", counter<&span_rollup::requests>},
    {"errors", counter<&span_rollup::errors>},
    {"failures", counter<&span_rollup::failures>},
    {"requests_per_second", [](const span_rollup& r, span s) { return rate(r.requests, s); }},
    {"error_rate", [](const span_rollup& r, span) { return percent(r.errors, r.requests); }},
    {"failure_rate", [](const span_rollup& r, span) { return percent(r.failures, r.requests); }},
    {"success_rate", [](const span_rollup& r, span) { return percent(r.requests - r.errors, r.requests); }},
    {"slow_requests",
     [](const span_rollup& r, span) { return optional_value(number(r.service.count_above(slow_above_ms))); }},
    {"avg_ms", [](const span_rollup& r, span) { return mean(r.service); }},
    {"p50_ms", [](const span_rollup& r, span) { return quantile(r.service, 0.5); }},
    {"p90_ms", [](const span_rollup& r, span) { return quantile(r.service, 0.9); }},
    {"p95_ms", [](const span_rollup& r, span) { return quantile(r.service, 0.95); }},
    {"p99_ms", [](const span_rollup& r, span) { return quantile(r.service, 0.99); }},
    {"max_ms", [](const span_rollup& r, span) { return quantile(r.service, 1); }},
    {"connect_avg_ms", [](const span_rollup& r, span) { return mean(r.connect); }},
    {"connect_p95_ms", [](const span_rollup& r, span) { return quantile(r.connect, 0.95); }},
    {"websockets", status_of<101>},
    {"websocket_avg_ms", [](const span_rollup& r, span) { return mean(r.websockets); }},
    {"websocket_p50_ms", [](const span_rollup& r, span) { return quantile(r.websockets, 0.5); }},
    {"websocket_p95_ms", [](const span_rollup& r, span) { return quantile(r.websockets, 0.95); }},
    {"websocket_max_ms", [](const span_rollup& r, span) { return quantile(r.websockets, 1); }},
    {"status_1xx", status_class<1>},
    {"status_2xx", status_class<2>},
    {"status_3xx", status_class<3>},
    {"status_4xx", status_class<4>},
    {"status_5xx", status_class<5>},
    {"status_unknown", status_class<0>},
    {"get_requests", requests_by<method::get>},
    {"post_requests", requests_by<method::post>},
    {"put_requests", requests_by<method::put>},
    {"delete_requests", requests_by<method::del>},
    {"head_requests", requests_by<method::head>},
    {"patch_requests", requests_by<method::patch>},
    {"options_requests", requests_by<method::options>},
    {"other_requests", other_requests},
    {"response_bytes", counter<&span_rollup::response_bytes>},
    {"lines", counter<&span_rollup::lines>},
    {"lines_per_second", [](const span_rollup& r, span s) { return rate(r.lines, s); }},
    {"bytes", counter<&span_rollup::bytes>},
    {"malformed", counter<&span_rollup::malformed>},
    {"count_mismatches", counter<&span_rollup::count_mismatches>},
    {"dropped_by_sender", platform_counter<&platform_stats::dropped_by_sender>},
    {"releases", platform_counter<&platform_stats::releases>},
    {"deploys", platform_counter<&platform_stats::deploys>},
    {"custom_samples", platform_counter<&platform_stats::custom_samples>},
    {"dyno_starts", dyno_counter<&dyno_state::starts>},
    {"dyno_crashes", dyno_counter<&dyno_state::crashes>},
    {"r14_lines", dyno_counter<&dyno_state::r14>},
    {"r15_lines", dyno_counter<&dyno_state::r15>},
    {"dyno_memory_max_mb", dyno_max<&dyno_state::memory_total_mb>},
    {"dyno_load_max_1m", dyno_max<&dyno_state::load_avg_1m>},
    {"visitors", [](const span_rollup& r, span) { return optional_value(number(r.visitors.count())); }},
    {"late", counter<&span_rollup::late>},
    {"early", counter<&span_rollup::early>},
    {"custom_folded", [](const span_rollup& r, span) { return optional_value(number(r.custom.overflow)); }},
};

// Series with a name from the traffic: `code:H12`, `dyno_p95_ms:web.1`.
struct family {
  std::string_view name;
  extent detail;
  optional_value (*value)(const span_rollup&, std::string_view);
};

template <class T>
const T* find(const std::map<std::string, T, std::less<>>& names, std::string_view name) {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : &found->second;
}

// An unknown name has no requests: 0.
template <std::map<std::string, std::uint64_t, std::less<>> span_rollup::*Names>
optional_value count_of(const span_rollup& r, std::string_view name) {
  const auto* const count = find(r.*Names, name);
  return number(count ? *count : 0);
}

optional_value status_count(const span_rollup& r, std::string_view text) {
  unsigned status = 0;
  for (const char c : text)
    status = status < 1000 && c >= '0' && c <= '9' ? status * 10 + static_cast<unsigned>(c - '0') : 1000;
  const auto found = r.by_status.find(static_cast<std::uint16_t>(status));
  return number(found == r.by_status.end() ? 0 : found->second);
}

const request_stats* stats_of_dyno(const span_rollup& r, std::string_view name) {
  return find(r.dynos, name);
}

const request_stats* stats_of_endpoint(const span_rollup& r, std::string_view name) {
  const auto& all = r.endpoints.entries();
  const auto found = std::lower_bound(all.begin(), all.end(), name,
                                      [](const auto& e, std::string_view k) { return e.key < k; });
  return found != all.end() && found->key == name ? &found->payload : nullptr;
}

using stats_finder = const request_stats*(const span_rollup&, std::string_view);

template <stats_finder* Find, std::uint64_t request_stats::*Counter>
optional_value request_count(const span_rollup& r, std::string_view name) {
  const auto* const stats = Find(r, name);
  return number(stats ? stats->*Counter : 0);
}

template <stats_finder* Find, int Percent>
optional_value request_quantile(const span_rollup& r, std::string_view name) {
  const auto* const stats = Find(r, name);
  return stats ? quantile(stats->service, Percent / 100.0) : std::nullopt;
}

template <gauge dyno_state::*Gauge>
optional_value dyno_gauge_max(const span_rollup& r, std::string_view name) {
  const auto* const state = find(r.platform.dynos, name);
  return state && (state->*Gauge).count != 0 ? optional_value((state->*Gauge).max) : std::nullopt;
}

// `ADDON/VALUE`: the last value.
optional_value addon_value(const span_rollup& r, std::string_view name) {
  const auto slash = std::min(name.find('/'), name.size());
  const auto* const addon = find(r.platform.addons, name.substr(0, slash));
  const auto* const value =
      addon && slash < name.size() ? find(addon->values, name.substr(slash + 1)) : nullptr;
  return value && value->values.count != 0 ? optional_value(value->values.last) : std::nullopt;
}

// The value in the unit in which the series is shown.
template <class Series>
optional_value shown_if_any(const Series& series, double kept) {
  return observations(series) == 0 ? std::nullopt : optional_value(shown_value(kept, series.unit.text));
}

// The main value of a custom series. A name should have only one kind; if it has several, the first one
// here counts.
optional_value custom_value(const span_rollup& r, std::string_view name) {
  if (const auto* const series = find(r.custom.counts, name))
    return series->sum.value();
  if (const auto* const series = first_series(r.custom.gauges, name))
    return shown_if_any(*series, series->values.last);
  if (const auto* const series = first_series(r.custom.measures, name))
    return shown_if_any(*series, series->values.mean());
  if (const auto* const series = find(r.custom.uniques, name))
    return number(series->members.count());
  return std::nullopt;
}

// The quantile of a measure; for a gauge only its extremes.
template <int Percent>
optional_value custom_quantile(const span_rollup& r, std::string_view name) {
  if (const auto* const series = first_series(r.custom.measures, name))
    return shown_if_any(*series, series->values.quantile(Percent / 100.0));
  const auto* const series = Percent == 0 || Percent == 100 ? first_series(r.custom.gauges, name) : nullptr;
  return series ? shown_if_any(*series, Percent == 0 ? series->min : series->values.max) : std::nullopt;
}

constexpr extent all = extent::all, totals = extent::without_names;

constexpr family families[] = {
    {"code", totals, count_of<&span_rollup::error_codes>},
    {"status", totals, status_count},
    {"country", totals, count_of<&span_rollup::countries>},
    {"dyno_requests", all, request_count<stats_of_dyno, &request_stats::count>},
    {"dyno_errors", all, request_count<stats_of_dyno, &request_stats::errors>},
    {"dyno_failures", all, request_count<stats_of_dyno, &request_stats::failures>},
    {"dyno_p50_ms", all, request_quantile<stats_of_dyno, 50>},
    {"dyno_p95_ms", all, request_quantile<stats_of_dyno, 95>},
    {"dyno_p99_ms", all, request_quantile<stats_of_dyno, 99>},
    {"dyno_memory_mb", totals, dyno_gauge_max<&dyno_state::memory_total_mb>},
    {"dyno_load_1m", totals, dyno_gauge_max<&dyno_state::load_avg_1m>},
    {"endpoint_requests", all, request_count<stats_of_endpoint, &request_stats::count>},
    {"endpoint_errors", all, request_count<stats_of_endpoint, &request_stats::errors>},
    {"endpoint_failures", all, request_count<stats_of_endpoint, &request_stats::failures>},
    {"endpoint_p50_ms", all, request_quantile<stats_of_endpoint, 50>},
    {"endpoint_p95_ms", all, request_quantile<stats_of_endpoint, 95>},
    {"endpoint_p99_ms", all, request_quantile<stats_of_endpoint, 99>},
    {"addon", totals, addon_value},
    {"custom", totals, custom_value},
    {"custom_min", totals, custom_quantile<0>},
    {"custom_p50", totals, custom_quantile<50>},
    {"custom_p95", totals, custom_quantile<95>},
    {"custom_p99", totals, custom_quantile<99>},
    {"custom_max", totals, custom_quantile<100>},
};

// The family that `name` begins with.
const family* family_of(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos || colon + 1 == name.size())
    return nullptr;
  const auto found = std::find_if(std::begin(families), std::end(families),
                                  [&](const family& f) { return f.name == name.substr(0, colon); });
  return found == std::end(families) ? nullptr : found;
}

template <class Named, std::size_t Size>
std::vector<std::string_view> names_of(const Named (&list)[Size]) {
  std::vector<std::string_view> result;
  for (const auto& known : list)
    result.push_back(known.name);
  return result;
}

using name_list = std::vector<std::string_view>;

bool contains(const name_list& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Removes all entries except those of these names.
template <class Names>
void keep_only(Names& entries, const name_list& names) {
  std::erase_if(entries, [&names](const auto& entry) { return !contains(names, entry.first); });
}

// The same for `series_key`s, with any unit.
template <class Names>
void keep_only_names(Names& entries, const name_list& names) {
  std::erase_if(entries, [&names](const auto& entry) { return !contains(names, name_of(entry.first)); });
}

void keep_only(heavy_hitters<request_stats>& entries, const name_list& names) {
  std::vector<heavy_hitters<request_stats>::entry> kept;
  for (const auto& entry : entries.entries())
    if (contains(names, entry.key))
      kept.push_back({entry.key, entry.payload, 0});
  entries = heavy_hitters<request_stats>::from_parts(std::move(kept), {}, 0);
}

} // namespace

std::optional<double> metric_value(std::string_view name, const span_rollup& value,
                                   std::chrono::seconds span) {
  for (const auto& known : metrics)
    if (known.name == name)
      return known.value(value, span);
  if (const auto* const known = family_of(name))
    return known->value(value, name.substr(known->name.size() + 1));
  return std::nullopt;
}

const std::vector<std::string_view>& metric_names() {
  static const auto names = names_of(metrics);
  return names;
}

const std::vector<std::string_view>& metric_families() {
  static const auto names = names_of(families);
  return names;
}

bool is_metric(std::string_view name) {
  const auto& names = metric_names();
  return family_of(name) != nullptr || std::find(names.begin(), names.end(), name) != names.end();
}

bool is_of_family(std::string_view name) {
  return family_of(name) != nullptr;
}

bool is_of_one_app(std::string_view name) {
  const auto* const known = family_of(name);
  return known && (known->name.starts_with("dyno_") || known->name.starts_with("endpoint_"));
}

extent extent_of(std::string_view name) {
  const auto* const known = family_of(name);
  return known ? known->detail : extent::without_names;
}

void keep_for(std::span<const std::string> names, span_rollup& sum) {
  name_list members, addons;    // of the families
  bool is_of_all_names = false; // some metric belongs to no family
  for (const std::string_view metric : names) {
    const auto* const known = family_of(metric);
    is_of_all_names = is_of_all_names || known == nullptr;
    if (known == nullptr)
      continue;
    members.push_back(metric.substr(known->name.size() + 1));
    addons.push_back(members.back().substr(0, members.back().find('/')));
  }
  keep_only(sum.error_codes, members);
  keep_only(sum.countries, members);
  keep_only(sum.endpoints, members);
  keep_only(sum.dynos, members);
  keep_only(sum.custom.counts, members);
  keep_only_names(sum.custom.gauges, members);
  keep_only_names(sum.custom.measures, members);
  keep_only(sum.custom.uniques, members);
  keep_only(sum.platform.addons, addons);
  if (!is_of_all_names) {
    keep_only(sum.platform.dynos, members);
    sum.service = {};
    sum.connect = {};
    sum.websockets = {};
  }
  if (std::find(names.begin(), names.end(), "visitors") == names.end())
    sum.visitors = {};
}

} // namespace parseflow::rollup
