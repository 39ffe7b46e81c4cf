// Days of random traffic of several apps, in batches that arrive late and in any order, through a database
// and restarts. Compared with a model that keeps every number and counts when it is asked.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "messages/logplex/address_text.hpp"
#include "messages/logplex/endpoint_path.hpp"
#include "messages/rollup/app_timelines.hpp"
#include "messages/rollup/rollup_form.hpp"
#include "tests/unit/messages/rollup/samples.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const minute start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

using numbers = std::vector<std::int64_t>;
using counters = std::map<std::string, std::uint64_t>;
using told_value = std::pair<timestamp, double>;

struct exact_stats {
  std::uint64_t count = 0, errors = 0, failures = 0, websockets = 0;
  numbers service;
};

// What one app sent in one minute, or in several.
struct exact_counts {
  std::uint64_t lines = 0, bytes = 0, malformed = 0, lost = 0, late = 0, early = 0;
  std::uint64_t response_bytes = 0, releases = 0, deploys = 0, starts = 0, crashes = 0;
  exact_stats requests;
  numbers connect, websockets;
  counters codes, countries, methods;
  std::map<int, std::uint64_t> statuses;
  std::map<std::string, exact_stats> endpoints, dynos;
  std::set<std::string> visitors;
  std::map<std::string, std::vector<told_value>> dyno_memory, addons, gauges;
  std::map<std::string, std::vector<double>> sums, measures;
  std::map<std::string, std::set<std::string>> uniques;
};

std::string_view country_of(std::string_view address) {
  return address.ends_with('3') ? "DE" : address.ends_with('4') ? "BR" : "";
}

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

void add(exact_counts& into, const exact_counts& from) {
  const auto each = [&](auto... member) { (add(into.*member, from.*member), ...); };
  using c = exact_counts;
  each(&c::lines, &c::bytes, &c::malformed, &c::lost, &c::late, &c::early, &c::response_bytes, &c::releases,
       &c::deploys, &c::starts, &c::crashes, &c::requests, &c::connect, &c::websockets, &c::codes,
       &c::countries, &c::methods, &c::statuses, &c::endpoints, &c::dynos, &c::visitors, &c::dyno_memory,
       &c::addons, &c::gauges, &c::sums, &c::measures, &c::uniques);
}

// Prefixes the names of dynos and endpoints, so that those of several apps can be in one map.
template <class T>
void qualify(std::map<std::string, T>& names, const std::string& app) {
  std::map<std::string, T> result;
  for (auto& [name, value] : names)
    result.emplace(qualified_name(app, name), std::move(value));
  names = std::move(result);
}

using exact_minutes = std::map<minute, exact_counts>;

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

double greatest(const std::vector<told_value>& values) {
  double result = values.front().second;
  for (const auto& [at, value] : values)
    result = std::max(result, value);
  return result;
}

void check_gauge(const gauge& found, const std::vector<told_value>& values) {
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

void check(const span_rollup& found, const exact_counts& exact, bool has_durations = true) {
  CHECK(found.lines == exact.lines);
  CHECK(found.bytes == exact.bytes);
  CHECK(found.malformed == exact.malformed);
  CHECK(found.late == exact.late);
  CHECK(found.early == exact.early);
  check_requests(found, exact, has_durations);
  check_platform(found.platform, exact);
  check_custom(found.custom, exact);
}

// The service over some days: live rollups, a database that lags, and the truth.
class simulation {
public:
  explicit simulation(std::uint64_t seed) : random_(seed) {}

  void run(std::chrono::hours length) {
    const auto end = start + length;
    int steps = 0;
    while (clock_ < end) {
      clock_ += std::chrono::minutes(1 + below(25));
      for (const auto* app : {"blog", "mail", "shop"})
        if (below(3) != 0)
          make_traffic(app);
      deliver();
      if (below(2) == 0)
        live_->age(minute_of(clock_));
      if (below(8) == 0)
        store();
      if (below(60) == 0)
        restart();
      if (++steps % 40 == 0)
        check_answers();
    }
    held_back_end_ = true;
    deliver();
    store();
    check_answers();
    check_database();
    restart();
    check_answers();
  }

private:
  struct batch {
    std::string app;
    parsed_body body;
    std::shared_ptr<sample_body> texts;
    std::size_t bytes = 0;
  };

  std::int64_t below(std::int64_t n) {
    return std::uniform_int_distribution<std::int64_t>(0, n - 1)(random_);
  }

  // Some time of traffic, cut into batches, some of which are held back.
  void make_traffic(const std::string& app) {
    // Almost always dated by the present; rarely by a wrong clock.
    const auto off = below(60);
    const timestamp from = off == 0   ? clock_ + 10min
                           : off == 1 ? clock_ + 100 * 24h
                           : off == 2 ? clock_ - 40 * 24h
                                      : clock_ - 15min;
    auto traffic = std::make_shared<sample_body>(
        random_body(random_, static_cast<std::size_t>(4 + below(20)), from, 15min));
    std::vector<batch> batches(static_cast<std::size_t>(1 + below(4)));
    for (const auto& request : traffic->body.requests)
      batches[static_cast<std::size_t>(below(static_cast<std::int64_t>(batches.size())))]
          .body.requests.push_back(request);
    // A sample has the same time as its line, and so is in the same batch.
    const auto batch_of = [&](timestamp at) -> parsed_body& {
      return batches[static_cast<std::size_t>(at.time_since_epoch().count() / 7) % batches.size()].body;
    };
    for (const auto& line : traffic->body.lines)
      batch_of(line.at).lines.push_back(line);
    for (const auto& sample : traffic->body.samples)
      batch_of(sample.at).samples.push_back(sample);
    for (auto& next : batches) {
      next.app = app;
      next.texts = traffic;
      next.bytes = static_cast<std::size_t>(1 + below(1000));
      (below(12) == 0 ? held_back_ : due_).push_back(std::move(next));
    }
  }

  void deliver() {
    if (held_back_end_ || below(100) == 0)
      for (auto& next : std::exchange(held_back_, {}))
        due_.push_back(std::move(next));
    std::shuffle(due_.begin(), due_.end(), random_);
    for (const auto& next : due_)
      take_in(next);
    due_.clear();
  }

  void take_in(const batch& next) {
    const timestamp received_at = clock_ + std::chrono::seconds(below(59));
    auto parts = builder_.build(next.body, next.bytes, received_at);
    count_exactly(next, received_at);
    std::size_t bytes = 0;
    for (const auto& part : parts) {
      CHECK((part.data.lines == 0 || part.data.bytes != 0 || next.bytes < 100));
      truth_[next.app][part.at].bytes += part.data.bytes;
      bytes += part.data.bytes;
    }
    CHECK(bytes == next.bytes);
    for (const auto& part : parts)
      live_->add(next.app, part.at, part.data, minute_of(received_at));
    unstored_.emplace_back(next.app, std::move(parts));
  }

  void count_exactly(const batch& next, timestamp received_at) {
    auto& minutes = truth_[next.app];
    auto& receipt = minutes[minute_of(received_at)];
    const auto count_arrival = [&](timestamp at) {
      receipt.late += at <= received_at - 5min;
      receipt.early += at >= received_at + 5min;
    };
    for (const auto& request : next.body.requests) {
      add(minutes, request);
      count_arrival(request.at);
    }
    for (const auto& line : next.body.lines) {
      add(minutes, line);
      count_arrival(line.at);
    }
    for (const auto& sample : next.body.samples)
      add(minutes, sample);
  }

  // The database stores the waiting batches, in any order.
  void store() {
    std::shuffle(unstored_.begin(), unstored_.end(), random_);
    for (const auto& [app, parts] : unstored_)
      for (const auto& part : parts) {
        auto& row = database_[{part.at, app}];
        auto sum = row.empty() ? minute_rollup{} : decode(row).value();
        merge(sum, part.data);
        row = encode(sum);
      }
    unstored_.clear();
  }

  // What the database has is loaded; the rest is still in the journal.
  void restart() {
    live_ = std::make_unique<app_timelines>();
    const auto now = minute_of(clock_);
    for (const auto& [key, row] : database_)
      live_->add(key.second, key.first, decode(row).value(), now);
    for (const auto& [app, parts] : unstored_)
      for (const auto& part : parts)
        live_->add(app, part.at, part.data, now);
  }

  exact_counts exact_sum(const std::string& app, minute from, minute to) const {
    exact_counts sum;
    for (const auto& [name, minutes] : truth_) {
      if (!app.empty() && app != name)
        continue;
      exact_counts of_app;
      for (auto at = minutes.lower_bound(from); at != minutes.end() && at->first < to; ++at)
        add(of_app, at->second);
      if (app.empty()) {
        qualify(of_app.endpoints, name);
        qualify(of_app.dynos, name);
        qualify(of_app.dyno_memory, name);
      }
      add(sum, of_app);
    }
    return sum;
  }

  void check_answers() {
    const auto now = minute_of(clock_);
    live_->age(now);
    const minute ten(now.time_since_epoch() / 10 * 10), hour = std::chrono::floor<std::chrono::hours>(now);
    for (const auto* app : {"", "blog", "mail", "shop", "none"}) {
      CAPTURE(app);
      check(live_->all(app), exact_sum(app, minute::min(), minute::max()));
      for (const auto from : std::initializer_list<minute>{now - 4min, now - 59min, ten - 24h, ten - 71h}) {
        CAPTURE((now - from).count());
        check(live_->between(app, from, now + 1min), exact_sum(app, from, now + 1min));
      }
      check(live_->between(app, hour - 100h, now + 1min), exact_sum(app, hour - 100h, now + 1min), false);
      check(live_->between(app, ten - 10h, ten - 5h), exact_sum(app, ten - 10h, ten - 5h));
      const auto totals = live_->between(app, ten - 24h, now + 1min, extent::without_names);
      auto exact = exact_sum(app, ten - 24h, now + 1min);
      exact.endpoints.clear();
      exact.dynos.clear();
      check(totals, exact);
    }
  }

  void check_database() const {
    std::size_t rows = 0;
    for (const auto& [app, minutes] : truth_)
      for (const auto& [at, exact] : minutes) {
        const auto row = database_.find({at, app});
        check(row == database_.end() ? minute_rollup{} : decode(row->second).value(), exact);
        rows += row != database_.end();
      }
    CHECK(rows == database_.size());
  }

  std::mt19937_64 random_;
  timestamp clock_ = start;
  bool held_back_end_ = false;
  std::vector<batch> due_, held_back_;
  builder builder_{limits{}, country_of};
  std::unique_ptr<app_timelines> live_ = std::make_unique<app_timelines>();
  std::vector<std::pair<std::string, partial>> unstored_;
  std::map<std::pair<minute, std::string>, std::string> database_;
  std::map<std::string, exact_minutes> truth_;
};

} // namespace

TEST_CASE("rollups: days of traffic, late batches, a database and restarts add up to the truth") {
  for (const std::uint64_t seed : {11u, 12u, 13u}) {
    CAPTURE(seed);
    MESSAGE("seed " << seed);
    simulation(seed).run(110h);
  }
}
