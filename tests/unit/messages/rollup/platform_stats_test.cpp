// The sums of platform lines, compared with a simple model, merged in any order, and beyond the bounds.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>

#include "messages/logplex/parse.hpp"
#include "messages/rollup/platform_count.hpp"
#include "messages/rollup/rollup_form.hpp"
#include "tests/unit/messages/rollup/samples.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

using codes = std::map<std::string, std::uint64_t, std::less<>>;

// All values of one name with their times and units, and what they should become.
struct seen_values {
  std::vector<std::tuple<timestamp, double, std::string>> all;

  bool match(const gauge& found) const {
    if (found.count != all.size() || all.empty())
      return found.count == all.size();
    const auto& [at, value, unit] = *std::max_element(all.begin(), all.end());
    double greatest = -std::numeric_limits<double>::infinity();
    for (const auto& next : all)
      greatest = std::max(greatest, std::get<1>(next));
    return found.last_at == at && found.last == value && found.max == greatest;
  }
};

struct model {
  codes error_codes;
  std::map<std::string, std::array<std::uint64_t, 4>> events; // starts, crashes, R14, R15
  std::map<std::pair<std::string, std::string>, seen_values> dyno_values, addon_values;
  std::map<std::string, std::string> addon_procs;
  std::uint64_t releases = 0, deploys = 0, lost = 0, custom = 0;

  explicit model(const parsed_body& body) {
    const std::set<line_kind> with_code = {line_kind::dyno_error, line_kind::loss, line_kind::logging_error};
    for (const auto& request : body.requests)
      if (!request.code.empty())
        ++error_codes[std::string(request.code)];
    for (const auto& line : body.lines) {
      if (with_code.contains(line.kind) && !line.code.empty())
        ++error_codes[std::string(line.code)];
      const std::string dyno(line.proc.starts_with("scheduler") ? "scheduler" : line.proc);
      if (line.kind == line_kind::state_change && line.subject == "starting")
        ++events[dyno][0];
      if (line.kind == line_kind::state_change && line.subject == "crashed")
        ++events[dyno][1];
      if (line.kind == line_kind::dyno_error && line.code == "R14")
        ++events[dyno][2];
      if (line.kind == line_kind::dyno_error && line.code == "R15")
        ++events[dyno][3];
      releases += line.kind == line_kind::release;
      deploys += line.kind == line_kind::deploy;
      if (line.kind == line_kind::loss && line.code != "L11" && line.number > 0)
        lost += static_cast<std::uint64_t>(line.number);
    }
    for (const auto& s : body.samples) {
      const auto name = std::string(s.name);
      if (s.origin == sample_origin::dyno)
        dyno_values[{std::string(s.proc.starts_with("scheduler") ? "scheduler" : s.proc), name}]
            .all.emplace_back(s.at, s.value, s.unit);
      if (s.origin == sample_origin::addon) {
        const std::string addon(!s.instance.empty() ? s.instance : !s.source.empty() ? s.source : s.proc);
        addon_values[{addon, name}].all.emplace_back(s.at, s.value, s.unit);
        addon_procs[addon] = std::max(addon_procs[addon], std::string(s.proc));
      }
      custom += s.origin == sample_origin::custom;
    }
  }

  void check(const span_rollup& found) const {
    CHECK(found.error_codes == error_codes);
    const auto& p = found.platform;
    CHECK(p.releases == releases);
    CHECK(p.deploys == deploys);
    CHECK(p.dropped_by_sender == lost);
    CHECK(p.custom_samples == custom);
    CHECK(p.addon_samples_left_out == 0);
    std::set<std::string> dyno_names;
    for (const auto& [name, counts] : events)
      dyno_names.insert(name);
    for (const auto& [key, values] : dyno_values)
      dyno_names.insert(key.first);
    CHECK(p.dynos.size() == dyno_names.size());
    for (const auto& name : dyno_names) {
      const auto& state = p.dynos.at(name);
      const auto events_of = events.find(name);
      const auto counts = events_of == events.end() ? std::array<std::uint64_t, 4>{} : events_of->second;
      CHECK(std::array{state.starts, state.crashes, state.r14, state.r15} == counts);
      const std::pair<const char*, const gauge*> gauges[] = {{"memory_total", &state.memory_total_mb},
                                                             {"memory_rss", &state.memory_rss_mb},
                                                             {"memory_swap", &state.memory_swap_mb},
                                                             {"memory_quota", &state.memory_quota_mb},
                                                             {"load_avg_1m", &state.load_avg_1m}};
      for (const auto& [value, found_gauge] : gauges) {
        const auto seen = dyno_values.find({name, value});
        CHECK((seen == dyno_values.end() ? seen_values{} : seen->second).match(*found_gauge));
      }
    }
    CHECK(p.addons.size() == addon_procs.size());
    std::size_t values = 0;
    for (const auto& [name, proc] : addon_procs) {
      CHECK(p.addons.at(name).proc == proc);
      values += p.addons.at(name).values.size();
    }
    CHECK(values == addon_values.size());
    for (const auto& [key, seen] : addon_values) {
      const auto& value = p.addons.at(key.first).values.at(key.second);
      CHECK(seen.match(value.values));
      CHECK(value.unit == std::get<2>(*std::max_element(seen.all.begin(), seen.all.end())));
    }
  }
};

log_record plain_line(timestamp at) {
  return {.at = at, .source = "app", .proc = "web.1", .text = "x"};
}

// Divides the records of `body` among `count` bodies; each keeps their order.
std::vector<parsed_body> split(const parsed_body& body, std::mt19937_64& random, std::size_t count) {
  std::vector<parsed_body> parts(count);
  for (const auto& request : body.requests)
    parts[random() % count].requests.push_back(request);
  for (const auto& line : body.lines)
    parts[random() % count].lines.push_back(line);
  for (const auto& sample : body.samples) {
    auto& part = parts[random() % count];
    part.samples.push_back(sample);
    // A sample counts at the time of its line.
    part.lines.push_back(plain_line(sample.at));
  }
  return parts;
}

span_rollup sum_of(const partial& parts, const limits& bounds = {}) {
  span_rollup sum;
  for (const auto& part : parts)
    merge(sum, part.data, bounds);
  return sum;
}

partial counted(const std::string& body, const limits& bounds = {}) {
  const auto records = logplex::parse(body, {.received_at = start});
  return builder(bounds).build(records, body.size(), start);
}

std::string message(std::string_view source, std::string_view proc, std::string_view text) {
  auto line = "<45>1 2026-03-02T14:07:31.330517+00:00 host " + std::string(source) + " " + std::string(proc) +
              " - " + std::string(text);
  return std::to_string(line.size()) + " " + line;
}

} // namespace

TEST_CASE("platform stats: what the builder counts is what a simple model counts, whatever the minutes") {
  std::mt19937_64 random(1);
  builder b(limits{});
  for (int round = 0; round < 60; ++round) {
    const auto sample = random_body(random, random() % 1000, start, round % 2 == 0 ? 60s : 1800s);
    model(sample.body).check(sum_of(b.build(sample.body, 1, start)));
  }
}

TEST_CASE("platform stats: merging parts in any order is counting everything at once") {
  std::mt19937_64 random(2);
  builder b(limits{});
  for (int round = 0; round < 40; ++round) {
    const auto sample = random_body(random, random() % 800, start, 60s);
    const auto whole = sum_of(b.build(sample.body, 1, start));
    std::vector<span_rollup> parts;
    for (const auto& part : split(sample.body, random, 6))
      parts.push_back(sum_of(b.build(part, 1, start)));
    for (int order = 0; order < 3; ++order) {
      std::shuffle(parts.begin(), parts.end(), random);
      span_rollup left, pairs;
      for (const auto& part : parts)
        merge(left, part);
      for (std::size_t i = 0; i < parts.size(); i += 2) {
        auto pair = parts[i];
        merge(pair, parts[i + 1]);
        merge(pair, pairs);
        pairs = pair;
      }
      CHECK(left.platform == whole.platform);
      CHECK(pairs.platform == whole.platform);
      CHECK(left.error_codes == whole.error_codes);
      CHECK(pairs.error_codes == whole.error_codes);
    }
  }
}

TEST_CASE("platform stats: lines of Heroku reach their counters") {
  const auto parts = counted(
      message("heroku", "web.1",
              "source=web.1 dyno=heroku.190283746.0c7f1e52 sample#memory_total=318.44MB "
              "sample#memory_rss=301.12MB sample#memory_swap=0.00MB sample#memory_quota=512.00MB") +
      message("heroku", "web.1", "source=web.1 dyno=heroku.190283746.0c7f1e52 sample#load_avg_1m=0.41") +
      message("heroku", "web.1", "State changed from down to starting") +
      message("heroku", "web.1", "Error R14 (Memory quota exceeded)") +
      message("heroku", "scheduler.4410", "State changed from starting to crashed") +
      message("heroku", "logplex",
              "Error L10 (output buffer overflow): 317 messages dropped since 2026-03-02T14:06:58+00:00.") +
      message("heroku", "logplex",
              "Error L11 (Tail buffer overflow) -> This tail session dropped 9 messages since "
              "2026-03-02T14:06:58+00:00.") +
      message("app", "api", "Release v87 created by user dev@example.com") +
      message("app", "api", "Rollback to v86 by user dev@example.com") +
      message("app", "api", "Deploy 4c1e9ab2 by user dev@example.com") +
      message(
          "app", "heroku-postgres",
          "source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes sample#tables=61") +
      message("app", "heroku-pgbouncer",
              "source=pgbouncer addon=postgresql-angular-40817 sample#client_active=12") +
      message("app", "web.1", "source=checkout sample#queue.depth=42jobs count#orders=1"));
  REQUIRE(parts.size() == 1);
  const auto& r = parts.front().data;
  const auto& p = r.platform;
  CHECK(r.lines == 13);
  CHECK(r.error_codes == codes{{"R14", 1}, {"L10", 1}, {"L11", 1}});
  CHECK(p.dropped_by_sender == 317);
  CHECK(p.releases == 1);
  CHECK(p.deploys == 1);
  CHECK(p.custom_samples == 2);
  const auto& web = p.dynos.at("web.1");
  CHECK(web.memory_total_mb.last == 318.44);
  CHECK(web.memory_rss_mb.last == 301.12);
  CHECK(web.memory_swap_mb.count == 1);
  CHECK(web.memory_quota_mb.max == 512);
  CHECK(web.load_avg_1m.last == 0.41);
  CHECK(web.load_avg_1m.last_at == start + 31'330'517us);
  CHECK(web.starts == 1);
  CHECK(web.r14 == 1);
  CHECK(p.dynos.at("scheduler").crashes == 1);
  CHECK(p.dynos.size() == 2);
  const auto& database = p.addons.at("postgresql-angular-40817");
  CHECK(p.addons.size() == 1);
  CHECK(database.proc == "heroku-postgres");
  CHECK(database.values.at("db_size").unit == "bytes");
  CHECK(database.values.at("db_size").values.last == 7340032512.0);
  CHECK(database.values.at("client_active").values.last == 12);
}

TEST_CASE("platform stats: an app that imitates platform lines counts nothing but custom samples") {
  const auto parts =
      counted(message("app", "web.1", "source=web.1 dyno=heroku.1.2 sample#memory_total=1MB") +
              message("app", "web.1", "Error R14 (Memory quota exceeded)") +
              message("app", "web.1", "State changed from up to crashed") +
              message("app", "web.1", "Release v87 created by user dev@example.com") +
              message("app", "web.1", "Error L12: 222 messages dropped since 2026-03-02T14:06:58+00:00"));
  REQUIRE(parts.size() == 1);
  CHECK(parts.front().data.error_codes.empty());
  platform_stats expected;
  expected.custom_samples = 1;
  CHECK(parts.front().data.platform == expected);
}

TEST_CASE("platform stats: dynos beyond the bound share one entry, numbers of further add-ons are left out") {
  const limits bounds{.dynos = 3, .addons = 2, .addon_values = 4};
  std::string body;
  for (int i = 0; i < 10; ++i) {
    const auto number = std::to_string(i);
    body += message("heroku", "web." + number, "State changed from up to crashed");
    body += message("app", "heroku-redis",
                    "source=REDIS addon=redis-" + number + " sample#hit-rate=1 sample#tables=2");
    body += message("app", "heroku-redis", "source=REDIS addon=redis-0 sample#name-" + number + "=1");
  }
  const auto parts = counted(body, bounds);
  REQUIRE(parts.size() == 1);
  auto sum = parts.front().data;
  const auto check = [&](std::uint64_t times) {
    CHECK(sum.platform.dynos.size() == 4);
    CHECK(sum.platform.dynos.at("web.0").crashes == times);
    CHECK(sum.platform.dynos.at("other").crashes == 7 * times);
    CHECK(sum.platform.addons.size() == 2);
    CHECK(sum.platform.addons.at("redis-0").values.size() == 4);
    std::uint64_t kept = 0;
    for (const auto& [name, addon] : sum.platform.addons)
      for (const auto& [value_name, value] : addon.values)
        kept += value.values.count;
    CHECK(kept == 6 * times);
    CHECK(kept + sum.platform.addon_samples_left_out == 30 * times);
  };
  check(1);
  merge(sum, parts.front().data, bounds);
  check(2);
  // Names that had room before may have none after a merge with smaller limits.
  span_rollup narrow;
  merge(narrow, sum, limits{.dynos = 1, .addons = 1, .addon_values = 1});
  CHECK(narrow.platform.dynos.size() == 1);
  CHECK(narrow.platform.dynos.at("other").crashes == 20);
  CHECK(narrow.platform.addon_samples_left_out == 58);
}

TEST_CASE("platform stats: values that are not finite are not counted, however they came in") {
  parsed_body body;
  for (const double odd : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::max(),
                           std::numeric_limits<double>::lowest(), -0.0})
    for (const auto origin : {sample_origin::dyno, sample_origin::addon})
      body.samples.push_back({.at = start,
                              .source = "web.1",
                              .instance = "db",
                              .name = "load_avg_1m",
                              .value = odd,
                              .origin = origin});
  body.lines.push_back(plain_line(start));
  const auto parts = builder(limits{}).build(body, 1, start);
  REQUIRE(parts.size() == 1);
  const auto& load = parts.front().data.platform.dynos.at("web.1").load_avg_1m;
  CHECK(load.count == 3);
  CHECK(load.max == std::numeric_limits<double>::max());
  CHECK(parts.front().data.platform.addons.at("db").values.at("load_avg_1m").values.count == 3);
  CHECK(decode(encode(parts.front().data)) == parts.front().data);
}

TEST_CASE("platform stats: samples of minutes beyond the bound count where their lines do") {
  parsed_body body;
  for (int i = 0; i < 10; ++i) {
    const auto at = start - 5h + i * 1min;
    body.lines.push_back(plain_line(at));
    body.samples.push_back(
        {.at = at, .source = "web.1", .name = "load_avg_1m", .value = 1, .origin = sample_origin::dyno});
  }
  const auto parts = builder(limits{.minutes = 3}).build(body, 1, start);
  REQUIRE(parts.size() == 4);
  for (const auto& part : parts)
    CHECK(part.data.platform.dynos.at("web.1").load_avg_1m.count == part.data.lines);
}

TEST_CASE("platform stats: encoded numbers that contradict each other are refused") {
  span_rollup r;
  r.platform.dynos["web.1"].load_avg_1m = gauge_of(start, 2);
  CHECK(decode(encode(r)) == r);
  r.platform.dynos["web.1"].load_avg_1m.max = 1;
  CHECK_FALSE(decode(encode(r)));
  r.platform.dynos["web.1"].load_avg_1m.max = std::numeric_limits<double>::infinity();
  CHECK_FALSE(decode(encode(r)));
}

TEST_CASE("platform stats: one-off dynos are counted under their type") {
  CHECK(dyno_label("web.1") == "web.1");
  CHECK(dyno_label("worker.999") == "worker.999");
  CHECK(dyno_label("run.8963") == "run");
  CHECK(dyno_label("scheduler.44100") == "scheduler");
  CHECK(dyno_label("release.12a4") == "release.12a4");
  CHECK(dyno_label(".8963") == ".8963");
  CHECK(dyno_label("web") == "web");
  CHECK(dyno_label("") == "");
}
