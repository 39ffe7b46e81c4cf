// The series that charts and alerts can name.
#include <algorithm>

#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

namespace {

using span = std::chrono::seconds;
using optional_value = std::optional<double>;

struct metric {
  std::string_view name;
  optional_value (*value)(const minute_rollup&, span);
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
  return number(h.quantile_ms(q));
}

optional_value mean(const histogram& h) {
  if (h.count() == 0)
    return std::nullopt;
  return h.mean_ms();
}

template <std::uint64_t minute_rollup::*Counter>
optional_value counter(const minute_rollup& r, span) {
  return number(r.*Counter);
}

template <std::uint64_t platform_stats::*Counter>
optional_value platform_counter(const minute_rollup& r, span) {
  return number(r.platform.*Counter);
}

template <std::uint64_t dyno_state::*Counter>
optional_value dyno_counter(const minute_rollup& r, span) {
  std::uint64_t sum = 0;
  for (const auto& [name, state] : r.platform.dynos)
    sum += state.*Counter;
  return number(sum);
}

// The greatest value of any dyno.
template <gauge dyno_state::*Gauge>
optional_value dyno_max(const minute_rollup& r, span) {
  optional_value greatest;
  for (const auto& [name, state] : r.platform.dynos)
    if ((state.*Gauge).count != 0)
      greatest = std::max(greatest, optional_value((state.*Gauge).max));
  return greatest;
}

template <std::size_t Class>
optional_value status_class(const minute_rollup& r, span) {
  return number(r.by_status_class[Class]);
}

template <method Method>
optional_value requests_by(const minute_rollup& r, span) {
  return number(r.by_method[static_cast<std::size_t>(Method)]);
}

constexpr metric metrics[] = {
    {"requests", counter<&minute_rollup::requests>},
    {"errors", counter<&minute_rollup::errors>},
    {"requests_per_second", [](const minute_rollup& r, span s) { return rate(r.requests, s); }},
    {"error_rate", [](const minute_rollup& r, span) { return percent(r.errors, r.requests); }},
    {"success_rate", [](const minute_rollup& r, span) { return percent(r.requests - r.errors, r.requests); }},
    {"slow_requests", [](const minute_rollup& r,
                         span) { return optional_value(number(r.service.count_above(slow_above_ms))); }},
    {"avg_ms", [](const minute_rollup& r, span) { return mean(r.service); }},
    {"p50_ms", [](const minute_rollup& r, span) { return quantile(r.service, 0.5); }},
    {"p90_ms", [](const minute_rollup& r, span) { return quantile(r.service, 0.9); }},
    {"p95_ms", [](const minute_rollup& r, span) { return quantile(r.service, 0.95); }},
    {"p99_ms", [](const minute_rollup& r, span) { return quantile(r.service, 0.99); }},
    {"max_ms", [](const minute_rollup& r, span) { return quantile(r.service, 1); }},
    {"connect_avg_ms", [](const minute_rollup& r, span) { return mean(r.connect); }},
    {"connect_p95_ms", [](const minute_rollup& r, span) { return quantile(r.connect, 0.95); }},
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
    {"other_requests", requests_by<method::other>},
    {"response_bytes", counter<&minute_rollup::response_bytes>},
    {"lines", counter<&minute_rollup::lines>},
    {"lines_per_second", [](const minute_rollup& r, span s) { return rate(r.lines, s); }},
    {"bytes", counter<&minute_rollup::bytes>},
    {"malformed", counter<&minute_rollup::malformed>},
    {"count_mismatches", counter<&minute_rollup::count_mismatches>},
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
};

} // namespace

std::optional<double> metric_value(std::string_view name, const minute_rollup& value,
                                   std::chrono::seconds span) {
  for (const auto& known : metrics)
    if (known.name == name)
      return known.value(value, span);
  return std::nullopt;
}

const std::vector<std::string_view>& metric_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> result;
    for (const auto& known : metrics)
      result.push_back(known.name);
    return result;
  }();
  return names;
}

} // namespace parseflow::rollup
