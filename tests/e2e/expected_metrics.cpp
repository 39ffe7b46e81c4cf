#include "tests/e2e/expected_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <doctest/doctest.h>

namespace parseflow::e2e {

namespace {

using json = nlohmann::json;

constexpr std::int64_t exact_below_ms = 2000;

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

// Promise P7: exact to the millisecond below two seconds, within 1 % above.
void check_quantile(double measured_ms, const std::vector<std::int64_t>& values, double q) {
  const auto right = traffic::quantile(values, q);
  if (right < exact_below_ms)
    CHECK(measured_ms == static_cast<double>(right));
  else
    CHECK(std::abs(measured_ms - static_cast<double>(right)) <= 0.01 * static_cast<double>(right));
}

void check_quantiles_ms(const json& measured, const traffic::request_counts& right) {
  CHECK(measured.at("count") == right.count);
  CHECK(measured.at("error_rate").get<double>() == doctest::Approx(percent(right.errors, right.count)));
  CHECK(measured.at("failure_rate").get<double>() == doctest::Approx(percent(right.failures, right.count)));
  CHECK(measured.at("avg_ms").get<double>() == doctest::Approx(traffic::mean(right.service_ms)));
  check_quantile(measured.at("p50_ms"), right.service_ms, 0.5);
  check_quantile(measured.at("p95_ms"), right.service_ms, 0.95);
  check_quantile(measured.at("p99_ms"), right.service_ms, 0.99);
}

// Means are measured in whole nanoseconds.
void check_mean(double measured_ms, const std::vector<std::int64_t>& values) {
  CHECK(std::abs(measured_ms - traffic::mean(values)) <= 1e-6);
}

// Durations are integer nanoseconds, as clients of the original program read them.
double milliseconds(const json& nanoseconds) {
  REQUIRE(nanoseconds.is_number_integer());
  return static_cast<double>(nanoseconds.get<std::int64_t>()) / 1e6;
}

void check_counts(const json& measured, const traffic::truth& all) {
  CHECK(measured.at("total_requests") == all.requests.count);
  CHECK(measured.at("success_rate").get<double>() ==
        doctest::Approx(percent(all.requests.count - all.requests.errors, all.requests.count)));
  CHECK(measured.at("error_rate").get<double>() ==
        doctest::Approx(percent(all.requests.errors, all.requests.count)));
  CHECK(measured.at("failure_rate").get<double>() ==
        doctest::Approx(percent(all.requests.failures, all.requests.count)));
  for (const auto& [name, digit] :
       {std::pair{"status_2xx", 2}, {"status_3xx", 3}, {"status_4xx", 4}, {"status_5xx", 5}})
    CHECK(measured.at(name) == all.status_class(digit));
  std::uint64_t named = 0;
  for (const auto& [name, method] : {std::pair{"get_requests", "GET"},
                                     {"post_requests", "POST"},
                                     {"put_requests", "PUT"},
                                     {"delete_requests", "DELETE"}}) {
    const auto found = all.by_method.find(method);
    const auto right = found == all.by_method.end() ? 0 : found->second;
    CHECK(measured.at(name) == right);
    named += right;
  }
  CHECK(measured.at("other_requests") == all.requests.count - named);
}

void check_durations(const json& measured, const traffic::truth& all) {
  const auto& values = all.requests.service_ms;
  check_mean(milliseconds(measured.at("avg_response_time")), values);
  check_quantile(milliseconds(measured.at("p50_response_time")), values, 0.5);
  check_quantile(milliseconds(measured.at("p95_response_time")), values, 0.95);
  check_quantile(milliseconds(measured.at("p99_response_time")), values, 0.99);
  CHECK(measured.at("slow_request_count") == all.slower_than(250));
  const auto& lengths = all.requests.websocket_ms;
  const auto& websockets = measured.at("websockets");
  const auto opened = all.by_status.find(101);
  CHECK(websockets.at("count") == (opened == all.by_status.end() ? 0 : opened->second));
  check_mean(websockets.at("avg_ms"), lengths);
  check_quantile(websockets.at("p50_ms"), lengths, 0.5);
  check_quantile(websockets.at("p95_ms"), lengths, 0.95);
  CHECK(websockets.at("max_ms") == traffic::quantile(lengths, 1));
}

// The key of a row: its name, prefixed with its app if the truth is about several apps.
template <class Names>
std::string key_of(const json& row, const char* name, const Names& all) {
  const auto alone = row.at(name).get<std::string>();
  const auto with_app = row.at("app").get<std::string>() + ' ' + alone;
  return all.contains(with_app) ? with_app : alone;
}

void check_names(const json& measured, const traffic::truth& all) {
  constexpr std::size_t most_at_top = 20;
  CHECK(measured.at("top_endpoints").size() == std::min(all.by_endpoint.size(), most_at_top));
  CHECK(measured.at("endpoints").size() == all.by_endpoint.size());
  std::set<std::string> endpoints, dynos;
  for (const auto& endpoint : measured.at("endpoints")) {
    const auto path = key_of(endpoint, "path", all.by_endpoint);
    CAPTURE(path);
    REQUIRE(all.by_endpoint.contains(path));
    endpoints.insert(path);
    check_quantiles_ms(endpoint, all.by_endpoint.at(path));
    if (endpoints.size() <= most_at_top)
      CHECK(measured.at("top_endpoints").at(path) == all.by_endpoint.at(path).count);
  }
  CHECK(endpoints.size() == all.by_endpoint.size());
  for (const auto& dyno : measured.at("dynos")) {
    const auto name = key_of(dyno, "name", all.by_dyno);
    CAPTURE(name);
    REQUIRE(all.by_dyno.contains(name));
    dynos.insert(name);
    check_quantiles_ms(dyno, all.by_dyno.at(name));
  }
  CHECK(dynos.size() == all.by_dyno.size());
  CHECK(measured.at("dyno_performance").size() == all.by_dyno.size());
  for (const auto& [known, right] : all.by_dyno) {
    const std::string& name = known;
    CAPTURE(name);
    const auto& dyno = measured.at("dyno_performance").at(name);
    CHECK(key_of(dyno, "name", all.by_dyno) == name);
    CHECK(dyno.at("request_count") == right.count);
    check_mean(milliseconds(dyno.at("avg_response_time")), right.service_ms);
    CHECK(dyno.at("error_rate").get<double>() == doctest::Approx(percent(right.errors, right.count)));
  }
  CHECK(measured.at("error_codes").get<std::map<std::string, std::uint64_t>>() == all.by_code);
}

} // namespace

void check_metrics(const json& metrics, const traffic::truth& all, std::uint64_t malformed) {
  check_counts(metrics, all);
  check_durations(metrics, all);
  check_names(metrics, all);
  const auto& ingest = metrics.at("ingest");
  CHECK(ingest.at("lines") == all.lines);
  CHECK(ingest.at("bytes") == all.bytes);
  CHECK(ingest.at("malformed") == malformed);
  CHECK(ingest.at("count_mismatches") == 0);
  CHECK(ingest.at("dropped_by_sender") == all.lost);
}

traffic::body with_app(traffic::body body, const std::string& app) {
  for (auto& request : body.requests) {
    request.endpoint = app + ' ' + request.endpoint;
    if (!request.dyno.empty())
      request.dyno = app + ' ' + request.dyno;
  }
  return body;
}

} // namespace parseflow::e2e
