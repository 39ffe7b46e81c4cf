#include "tests/traffic/truth.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace parseflow::traffic {

namespace {

void add_request(request_counts& to, const request_facts& request) {
  ++to.count;
  const bool is_given_up = request.level == "error";
  to.errors += request.status == unknown || request.status >= 400 || is_given_up;
  to.failures += request.status >= 500 || is_given_up;
  if (request.service_ms != unknown)
    (request.status == 101 ? to.websocket_ms : to.service_ms).push_back(request.service_ms);
}

} // namespace

void truth::add(const body& counted) {
  for (const auto& request : counted.requests) {
    add_request(requests, request);
    ++by_status[request.status];
    ++by_method[request.method];
    if (!request.code.empty())
      ++by_code[request.code];
    add_request(by_endpoint[request.endpoint], request);
    if (!request.dyno.empty())
      add_request(by_dyno[request.dyno], request);
    ++by_kind["request"];
  }
  for (const auto& line : counted.lines) {
    ++by_kind[line.kind];
    // "Error R14 (…)": the codes of dynos and of the logging system are counted together with those
    // of requests.
    if (line.kind == "dyno_error" || line.kind == "loss")
      ++by_code[line.text.substr(6, 3)];
  }
  lines += counted.line_count();
  bytes += counted.bytes.size();
  lost += counted.lost;
}

std::uint64_t truth::status_class(std::int64_t digit) const {
  std::uint64_t sum = 0;
  for (const auto& [status, count] : by_status)
    if (status / 100 == digit)
      sum += count;
  return sum;
}

std::uint64_t truth::slower_than(std::int64_t ms) const {
  const auto& all = requests.service_ms;
  return static_cast<std::uint64_t>(
      std::count_if(all.begin(), all.end(), [ms](std::int64_t service) { return service > ms; }));
}

std::int64_t quantile(std::vector<std::int64_t> values, double q) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

double mean(const std::vector<std::int64_t>& values) {
  if (values.empty())
    return 0;
  const auto sum = std::accumulate(values.begin(), values.end(), std::int64_t{0});
  return static_cast<double>(sum) / static_cast<double>(values.size());
}

} // namespace parseflow::traffic
