#include "tests/unit/messages/rollup/exact_counts.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "messages/logplex/address_text.hpp"
#include "messages/logplex/endpoint_path.hpp"

namespace parseflow::test {

using namespace rollup;

namespace {

void add(exact_stats& into, const request_record& r) {
  ++into.count;
  into.errors += r.status < 100 || r.status >= 400 || r.level == severity::error;
  into.failures += (r.status >= 500 && r.status < 600) || r.level == severity::error;
  into.websockets += r.status == 101;
  if (r.service_ms >= 0 && r.status != 101)
    into.service.push_back(r.service_ms);
}

void add(exact_stats& into, const exact_stats& from) {
  into.count += from.count;
  into.errors += from.errors;
  into.failures += from.failures;
  into.websockets += from.websockets;
  into.service.insert(into.service.end(), from.service.begin(), from.service.end());
}

template <class T>
void add(std::vector<T>& into, const std::vector<T>& from) {
  into.insert(into.end(), from.begin(), from.end());
}

void add(std::set<std::string>& into, const std::set<std::string>& from) {
  into.insert(from.begin(), from.end());
}

void add(std::uint64_t& into, std::uint64_t from) {
  into += from;
}

template <class Key, class T>
void add(std::map<Key, T>& into, const std::map<Key, T>& from) {
  for (const auto& [key, value] : from)
    add(into[key], value);
}

void check_service(const histogram& found, numbers all) {
  std::sort(all.begin(), all.end());
  REQUIRE(found.count() == all.size());
  std::int64_t sum = 0;
  for (const auto ms : all)
    sum += ms;
  CHECK(found.sum() == static_cast<std::uint64_t>(sum));
  for (const std::size_t percent : {0u, 50u, 95u, 99u, 100u}) {
    if (all.empty())
      continue;
    const auto rank = std::max<std::size_t>(1, (percent * all.size() + 99) / 100);
    const auto quantile = static_cast<std::int64_t>(found.quantile(static_cast<double>(percent) / 100));
    const auto off = std::abs(quantile - all[rank - 1]);
    CHECK((all[rank - 1] < 2000 ? off == 0 : 100 * off <= all[rank - 1]));
  }
}

void check_stats(const request_stats& found, const exact_stats& exact, bool has_durations) {
  CHECK(found.count == exact.count);
  CHECK(found.errors == exact.errors);
  CHECK(found.failures == exact.failures);
  CHECK(found.websockets == exact.websockets);
  if (has_durations)
    check_service(found.service, exact.service);
}

double greatest(const std::vector<timed_value>& values) {
  double result = values.front().second;
  for (const auto& [at, value] : values)
    result = std::max(result, value);
  return result;
}

void check_gauge(const gauge& found, const std::vector<timed_value>& values) {
  CHECK(found.count == values.size());
  CHECK(found.last == std::max_element(values.begin(), values.end())->second);
  CHECK(found.max == greatest(values));
}

void check_requests(const span_rollup& found, const exact_counts& exact, bool has_durations) {
  CHECK(found.requests == exact.requests.count);
  CHECK(found.errors == exact.requests.errors);
  CHECK(found.failures == exact.requests.failures);
  check_service(found.service, exact.requests.service);
  check_service(found.connect, exact.connect);
  check_service(found.websockets, exact.websockets);
  CHECK(found.response_bytes == exact.response_bytes);
  CHECK(counters(found.error_codes.begin(), found.error_codes.end()) == exact.codes);
  CHECK(counters(found.countries.begin(), found.countries.end()) == exact.countries);
  CHECK(std::map<int, std::uint64_t>(found.by_status.begin(), found.by_status.end()) == exact.statuses);
  std::uint64_t methods = 0;
  const char* const names[] = {"GET", "POST", "PUT", "DELETE", nullptr, "HEAD", "PATCH", "OPTIONS"};
  for (std::size_t i = 0; i < method_count; ++i) {
    methods += found.by_method[i];
    const auto count = names[i] ? exact.methods.find(names[i]) : exact.methods.end();
    if (names[i])
      CHECK(found.by_method[i] == (count == exact.methods.end() ? 0 : count->second));
  }
  CHECK(methods == exact.requests.count);
  CHECK(found.visitors.count() == exact.visitors.size());
  REQUIRE(found.endpoints.entries().size() == exact.endpoints.size());
  auto next = found.endpoints.entries().begin();
  for (const auto& [name, stats] : exact.endpoints) {
    CHECK(next->key == name);
    CHECK(next->missed == 0);
    check_stats(next++->payload, stats, has_durations);
  }
  REQUIRE(found.dynos.size() == exact.dynos.size());
  for (const auto& [name, stats] : exact.dynos)
    check_stats(found.dynos.at(name), stats, has_durations);
}

void check_platform(const platform_stats& found, const exact_counts& exact) {
  CHECK(found.releases == exact.releases);
  CHECK(found.deploys == exact.deploys);
  CHECK(found.dropped_by_sender == exact.lost);
  std::uint64_t starts = 0, crashes = 0;
  for (const auto& [name, state] : found.dynos) {
    starts += state.starts;
    crashes += state.crashes;
  }
  CHECK(starts == exact.starts);
  CHECK(crashes == exact.crashes);
  for (const auto& [name, values] : exact.dyno_memory)
    check_gauge(found.dynos.at(name).memory_total_mb, values);
  for (const auto& [name, values] : exact.addons)
    check_gauge(
        found.addons.at(name.substr(0, name.find('/'))).values.at(name.substr(name.find('/') + 1)).values,
        values);
}

void check_custom(const custom_stats& found, const exact_counts& exact) {
  CHECK(found.overflow == 0);
  REQUIRE(found.counts.size() == exact.sums.size());
  for (const auto& [name, values] : exact.sums) {
    double sum = 0; // exact, since the values are quarters
    for (const auto value : values)
      sum += value;
    CHECK(found.counts.at(name).sum.value() == sum);
    CHECK(found.counts.at(name).observations == values.size());
  }
  // Series without values here only show which unit came first.
  const auto in_use = [](const auto& all) {
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const auto& entry) { return observations(entry.second) != 0; }));
  };
  REQUIRE(in_use(found.gauges) == exact.gauges.size());
  for (const auto& [name, values] : exact.gauges)
    check_gauge(found.gauges.at(name).values, values);
  REQUIRE(in_use(found.measures) == exact.measures.size());
  for (const auto& [name, values] : exact.measures) {
    const auto& measured = found.measures.at(name).values;
    double sum = 0, largest = 0;
    for (const auto value : values) {
      sum += std::max(value, 0.0);
      largest = std::max(largest, value);
    }
    CHECK(measured.count() == values.size());
    CHECK(measured.sum() == sum);
    CHECK(measured.largest() == largest);
  }
  REQUIRE(found.uniques.size() == exact.uniques.size());
  for (const auto& [name, members] : exact.uniques)
    CHECK(found.uniques.at(name).members.count() == members.size());
}

} // namespace

std::string_view country_of(std::string_view address) {
  return address.ends_with('3') ? "DE" : address.ends_with('4') ? "BR" : "";
}

void add(exact_minutes& into, const request_record& r) {
  auto& m = into[minute_of(r.at)];
  ++m.lines;
  add(m.requests, r);
  if (r.connect_ms >= 0 && r.status != 101)
    m.connect.push_back(r.connect_ms);
  if (r.service_ms >= 0 && r.status == 101)
    m.websockets.push_back(r.service_ms);
  if (r.bytes > 0)
    m.response_bytes += static_cast<std::uint64_t>(r.bytes);
  if (!r.code.empty())
    ++m.codes[std::string(r.code)];
  ++m.methods[std::string(r.method)];
  if (r.status >= 0)
    ++m.statuses[static_cast<int>(r.status)];
  if (const auto country = country_of(r.fwd); !country.empty())
    ++m.countries[std::string(country)];
  logplex::address_scratch address;
  if (const auto peer = logplex::peer_address(r.fwd, address); !peer.empty())
    m.visitors.emplace(peer);
  std::string scratch;
  add(m.endpoints[std::string(logplex::endpoint_of(r.path, scratch))], r);
  if (!r.dyno.empty())
    add(m.dynos[std::string(r.dyno)], r);
}

void add(exact_minutes& into, const log_record& line) {
  auto& m = into[minute_of(line.at)];
  ++m.lines;
  m.malformed += line.kind == line_kind::malformed;
  m.releases += line.kind == line_kind::release;
  m.deploys += line.kind == line_kind::deploy;
  m.starts += line.kind == line_kind::state_change && line.subject == "starting";
  m.crashes += line.kind == line_kind::state_change && line.subject == "crashed";
  if (line.kind == line_kind::loss && line.code != "L11" && line.number > 0)
    m.lost += static_cast<std::uint64_t>(line.number);
  if (!line.code.empty() && (line.kind == line_kind::dyno_error || line.kind == line_kind::loss ||
                             line.kind == line_kind::logging_error))
    ++m.codes[std::string(line.code)];
}

void add(exact_minutes& into, const sample_record& s) {
  auto& m = into[minute_of(s.at)];
  const std::string name(s.name), source(s.source);
  if (s.origin == sample_origin::dyno && name == "memory_total")
    m.dyno_memory[source.starts_with("scheduler") ? "scheduler" : source].emplace_back(s.at, s.value);
  if (s.origin == sample_origin::addon)
    m.addons[std::string(!s.instance.empty() ? s.instance
                         : !s.source.empty() ? s.source
                                             : s.proc) +
             "/" + name]
        .emplace_back(s.at, s.value);
  if (s.origin != sample_origin::custom)
    return;
  const auto series = source.empty() ? name : name + "@" + source;
  // Times are summed as microseconds; each other unit is a series of its own.
  const bool is_time = s.unit == "ms" || s.unit == "s" || s.unit == "us";
  const auto with_unit = s.unit.empty() ? series : series + "\x1f" + (is_time ? "us" : std::string(s.unit));
  const double kept = s.value * (s.unit == "ms" ? 1e3 : s.unit == "s" ? 1e6 : 1);
  if (s.kind == sample_kind::count)
    m.sums[series].push_back(s.value);
  if (s.kind == sample_kind::gauge)
    m.gauges[with_unit].emplace_back(s.at, kept);
  if (s.kind == sample_kind::measure)
    m.measures[with_unit].push_back(kept);
  if (s.kind == sample_kind::unique)
    m.uniques[series].emplace(s.member);
}

void add(exact_counts& into, const exact_counts& from) {
  const auto each = [&](auto... member) { (add(into.*member, from.*member), ...); };
  using c = exact_counts;
  each(&c::lines, &c::bytes, &c::malformed, &c::lost, &c::late, &c::early, &c::response_bytes, &c::releases,
       &c::deploys, &c::starts, &c::crashes, &c::requests, &c::connect, &c::websockets, &c::codes,
       &c::countries, &c::methods, &c::statuses, &c::endpoints, &c::dynos, &c::visitors, &c::dyno_memory,
       &c::addons, &c::gauges, &c::sums, &c::measures, &c::uniques);
}

void check(const span_rollup& found, const exact_counts& exact, bool has_durations) {
  CHECK(found.lines == exact.lines);
  CHECK(found.bytes == exact.bytes);
  CHECK(found.malformed == exact.malformed);
  CHECK(found.late == exact.late);
  CHECK(found.early == exact.early);
  check_requests(found, exact, has_durations);
  check_platform(found.platform, exact);
  check_custom(found.custom, exact);
}

} // namespace parseflow::test
