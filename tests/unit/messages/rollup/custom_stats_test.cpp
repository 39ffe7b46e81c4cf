// An app's own numbers, compared with simple models, merged in any order, and beyond the bounds.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>

#include "messages/logplex/parse.hpp"
#include "messages/rollup/builder.hpp"
#include "messages/rollup/rollup_form.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

std::string line(std::string_view text) {
  const auto whole = "<190>1 2026-03-02T14:07:31.771200+00:00 host app web.1 - " + std::string(text);
  return std::to_string(whole.size()) + " " + whole;
}

custom_stats counted(const std::string& body, const limits& bounds = {}) {
  const auto parts = builder(bounds).build(logplex::parse(body, {.received_at = start}), body.size(), start);
  REQUIRE(parts.size() == 1);
  return parts.front().data.custom;
}

sample_record sample(sample_kind kind, double value, std::string_view member = {}, timestamp at = start) {
  sample_record s;
  s.at = at;
  s.kind = kind;
  s.value = value;
  s.member = member;
  return s;
}

std::uint64_t all_observations(const custom_stats& s) {
  std::uint64_t sum = 0;
  for (const auto& [name, series] : s.counts)
    sum += series.observations;
  for (const auto& [name, series] : s.gauges)
    sum += observations(series);
  for (const auto& [name, series] : s.measures)
    sum += observations(series);
  for (const auto& [name, series] : s.uniques)
    sum += series.observations;
  return sum;
}

} // namespace

TEST_CASE("custom stats: the forms of l2met reach their series") {
  const auto s = counted(
      line("source=checkout measure#db.query=12.4ms count#orders.placed=1 "
           "sample#queue.depth=42jobs unique#buyers=user-8812") +
      line("source=checkout measure#db.query=0.4ms count#orders.placed= unique#buyers=user-8812") +
      line("sample#queue.depth=7jobs count#orders.placed=-0.25 unique#buyers=user-1 metric#temp=-3.5") +
      line("sample#queue.depth=9jobs measure.db.query=2s event#deployed=\"a b\" metric#tag#k=v"));
  REQUIRE(s.counts.size() == 2);
  CHECK(s.counts.at("orders.placed@checkout").sum.value() == 2);
  CHECK(s.counts.at("orders.placed@checkout").observations == 2);
  CHECK(s.counts.at("orders.placed").sum.value() == -0.25);
  REQUIRE(s.gauges.size() == 3);
  CHECK(first_series(s.gauges, "queue.depth@checkout")->values.last == 42);
  const auto& depth = *first_series(s.gauges, "queue.depth");
  CHECK(depth.values.max == 9);
  CHECK(depth.min == 7);
  CHECK(depth.unit.text == "jobs");
  CHECK(first_series(s.gauges, "temp")->values.last == -3.5);
  REQUIRE(s.measures.size() == 2);
  const auto& query = *first_series(s.measures, "db.query@checkout");
  CHECK(query.values.count() == 2);
  CHECK(shown_value(query.values.mean(), "ms") == 6.4);
  CHECK(shown_value(query.values.quantile(0.5), "ms") == 0.4);
  CHECK(shown_value(query.values.quantile(1), "ms") == 12.4);
  CHECK(query.unit.text == "ms");
  CHECK(first_series(s.measures, "db.query")->unit.text == "s");
  REQUIRE(s.uniques.size() == 2);
  CHECK(s.uniques.at("buyers@checkout").members.count() == 1);
  CHECK(s.uniques.at("buyers@checkout").observations == 2);
  CHECK(s.overflow == 0);
}

TEST_CASE("custom stats: an app cannot fill the memory with names") {
  const limits bounds{.custom_series = 3, .custom_name_bytes = 10};
  std::string body;
  for (int i = 0; i < 10; ++i) {
    const auto number = std::to_string(i);
    body += line("count#c" + number + "=2 sample#g" + number + "=1 measure#m" + number + "=1 unique#u" +
                 number + "=" + number);
  }
  body += line("count#a-name-of-17-bytes=5");
  auto sum = counted(body, bounds);
  const auto check = [&](std::uint64_t times) {
    CHECK(sum.counts.size() == 4);
    CHECK(sum.counts.at("other").sum.value() == static_cast<double>(19 * times));
    CHECK(sum.gauges.size() == 4);
    CHECK(sum.measures.at("other").values.count() == 7 * times);
    CHECK(sum.uniques.at("other").members.count() == 7);
    CHECK(sum.overflow == 29 * times);
    CHECK(all_observations(sum) == 41 * times);
  };
  check(1);
  const auto once = sum;
  merge(sum, once, bounds);
  check(2);
  // Names that had room before may have none after a merge with smaller limits.
  custom_stats narrow;
  merge(narrow, sum, limits{.custom_series = 1});
  CHECK(narrow.counts.size() == 2);
  CHECK(all_observations(narrow) == 82);
  CHECK(narrow.overflow == 76);
}

TEST_CASE("custom stats: numbers of any size do no harm") {
  custom_stats s;
  for (const double odd : {0.0, -0.0, 1e308, -1e308, 5e-324, 1e15, 9.3e18, -0.5}) {
    for (const auto kind :
         {sample_kind::count, sample_kind::gauge, sample_kind::measure, sample_kind::unique})
      add(s, "n", sample(kind, odd), {});
  }
  CHECK(s.measures.at("n").values.count() == 8);
  CHECK(s.measures.at("n").values.smallest() == 0);
  CHECK(s.measures.at("n").values.largest() == 1e308);
  CHECK(s.gauges.at("n").min == -1e308);
  CHECK(s.counts.at("n").sum.value() == doctest::Approx(2e15));
  span_rollup r;
  r.custom = s;
  CHECK(decode(encode(r)) == r);
}

TEST_CASE("custom stats: sums do not depend on their order") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values(1 + random() % 50);
    for (auto& value : values)
      value = std::uniform_real_distribution<double>(-1000, 1000)(random);
    decimal_sum forth, back, parts[2];
    double plain = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      forth.add(values[i]);
      back.add(values[values.size() - 1 - i]);
      parts[random() % 2].add(values[i]);
      plain += values[i];
    }
    parts[0].add(parts[1]);
    CHECK(forth == back);
    CHECK(forth == parts[0]);
    CHECK(forth.value() == doctest::Approx(plain));
  }
  decimal_sum tenth;
  for (int i = 0; i < 10; ++i)
    tenth.add(0.1);
  CHECK(tenth == decimal_sum(1, 0));
  tenth.add(-0.1);
  CHECK(tenth == decimal_sum(0, 900'000'000 * decimal_sum::billion));
}

TEST_CASE("custom stats: merging parts in any order is counting everything at once") {
  std::mt19937_64 random(2);
  const auto below = [&random](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  for (int round = 0; round < 100; ++round) {
    CAPTURE(round);
    custom_stats whole, parts[4];
    std::map<std::string, double> sums;
    std::map<std::string, std::set<int>> members;
    std::map<std::string, std::vector<double>> measured;
    std::map<std::string, std::vector<std::pair<timestamp, double>>> gauges;
    for (int i = below(400); i > 0; --i) {
      const auto name = "n" + std::to_string(below(6));
      const auto kind = static_cast<sample_kind>(below(5));
      const auto member = std::to_string(below(40));
      const double value = 0.125 * below(100);
      // All times differ: with equal ones the order would decide which unit came first.
      const auto at = start + std::chrono::seconds(below(50)) + std::chrono::microseconds(i);
      auto next = sample(kind, value, member, at);
      // Two kinds of units, of which only one can be converted.
      next.unit = below(3) == 0 ? "" : below(2) == 0 ? "ms" : "s";
      const auto series = name + (next.unit.empty() ? "" : "\x1fus");
      const double kept = next.unit.empty() ? value : value * (next.unit == "ms" ? 1e3 : 1e6);
      add(whole, name, next, {});
      add(parts[below(4)], name, next, {});
      if (kind == sample_kind::count)
        sums[name] += value;
      else if (kind == sample_kind::unique)
        members[name].insert(std::stoi(member));
      else if (kind == sample_kind::measure)
        measured[series].push_back(kept);
      else if (kind == sample_kind::gauge)
        gauges[series].emplace_back(at, kept);
    }
    std::shuffle(std::begin(parts), std::end(parts), random);
    custom_stats left, right = parts[3];
    for (const auto& part : parts)
      merge(left, part, {});
    merge(right, parts[1], {});
    custom_stats pair = parts[2];
    merge(pair, parts[0], {});
    merge(right, pair, {});
    CHECK(left == whole);
    CHECK(right == whole);

    CHECK(whole.counts.size() == sums.size());
    for (const auto& [name, sum] : sums)
      CHECK(whole.counts.at(name).sum.value() == sum);
    CHECK(whole.uniques.size() == members.size());
    for (const auto& [name, set] : members)
      CHECK(whole.uniques.at(name).members.count() == set.size());
    CHECK(whole.gauges.size() == gauges.size());
    for (const auto& [name, seen] : gauges) {
      const auto& found = whole.gauges.at(name);
      CHECK(found.values.last == std::max_element(seen.begin(), seen.end())->second);
      for (const auto& [at, value] : seen) {
        CHECK(found.min <= value);
        CHECK(found.values.max >= value);
      }
    }
    CHECK(whole.measures.size() == measured.size());
    for (auto& [name, values] : measured) {
      std::sort(values.begin(), values.end());
      const auto& found = whole.measures.at(name).values;
      const auto median = values[(values.size() + 1) / 2 - 1];
      CHECK(std::abs(found.quantile(0.5) - median) <= median / 128);
      CHECK(found.quantile(1) == values.back());
      CHECK(found.quantile(0) == values.front());
    }
  }
}

TEST_CASE("custom stats: times of one name are one series, in the unit that came first") {
  const auto add_all = [](custom_stats& into, std::initializer_list<std::pair<double, const char*>> values) {
    auto at = start;
    for (const auto& [value, unit] : values) {
      auto next = sample(sample_kind::measure, value, {}, at += 1ms);
      next.unit = unit;
      add(into, "req", next, {});
      next.kind = sample_kind::gauge;
      add(into, "lag", next, {});
    }
  };
  // All lines of a body have the same time, so the first line decides.
  const auto at_once = counted(line("measure#req=1s") + line("measure#req=200ms") + line("measure#req=3s"));
  CHECK(first_series(at_once.measures, "req")->unit.text == "s");
  custom_stats s;
  add_all(s, {{1, "s"}, {200, "ms"}, {3, "s"}});
  REQUIRE(s.measures.size() == 1);
  const auto& req = *first_series(s.measures, "req");
  CHECK(req.unit.text == "s");
  CHECK(shown_value(req.values.mean(), "s") == 1.4);
  CHECK(shown_value(req.values.sum(), "s") == 4.2);
  CHECK(shown_value(req.values.smallest(), "s") == 0.2);
  CHECK(shown_value(req.values.largest(), "s") == 3);
  const auto& lag = *first_series(s.gauges, "lag");
  CHECK(lag.unit.text == "s");
  CHECK(shown_value(lag.values.last, "s") == 3);
  CHECK(shown_value(lag.min, "s") == 0.2);

  custom_stats all;
  add_all(all, {{2, "h"},
                {30, "m"},
                {1, "min"},
                {1, "s"},
                {1, "ms"},
                {1, "us"},
                {1, "\u00b5s"},
                {1, "\u03bcs"},
                {1000, "ns"}});
  REQUIRE(all.measures.size() == 1);
  CHECK(first_series(all.measures, "req")->values.sum() == 7200e6 + 1860e6 + 1e6 + 1e3 + 4);
}

TEST_CASE("custom stats: which unit came first does not depend on the order of merging") {
  std::vector<custom_stats> parts(4);
  const std::pair<timestamp, const char*> reported[] = {
      {start + 3s, "ms"}, {start + 1s, "s"}, {start + 2s, "us"}, {start + 1s, "us"}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto next = sample(sample_kind::measure, 1, {}, reported[i].first);
    next.unit = reported[i].second;
    add(parts[i], "req", next, {});
  }
  std::vector<std::size_t> order{0, 1, 2, 3};
  std::optional<custom_stats> first;
  do {
    custom_stats one_by_one, left, right;
    for (const auto i : order)
      merge(one_by_one, parts[i], {});
    merge(left, parts[order[0]], {});
    merge(left, parts[order[1]], {});
    merge(right, parts[order[2]], {});
    merge(right, parts[order[3]], {});
    merge(left, right, {});
    CHECK(left == one_by_one);
    if (!first)
      first = left;
    CHECK(left == *first);
    // The same holds if a part was stored in between.
    span_rollup stored;
    stored.custom = right;
    auto again = decode(encode(stored))->custom;
    custom_stats rest;
    merge(rest, parts[order[0]], {});
    merge(rest, parts[order[1]], {});
    merge(again, rest, {});
    CHECK(again == *first);
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(first_series(first->measures, "req")->unit == series_unit{"s", start + 1s});
}

TEST_CASE("custom stats: units that cannot be converted are series of their own") {
  custom_stats s;
  auto at = start;
  for (const auto& [value, unit] : {std::pair(5.0, "MB"), {7.0, "kB"}, {9.0, ""}, {6.0, "MB"}}) {
    auto next = sample(sample_kind::measure, value, {}, at += 1s);
    next.unit = unit;
    add(s, "mem", next, {});
  }
  CHECK(s.measures.size() == 3);
  const auto& first = *first_series(s.measures, "mem");
  CHECK(first.unit.text == "MB");
  CHECK(first.values.sum() == 11);
  // If only one of the series was counted, the name still means the first one.
  custom_stats later;
  auto next = sample(sample_kind::measure, 8, {}, at + 1min);
  next.unit = "kB";
  add(later, "mem", next, {});
  add(later, "cpu", next, {});
  agree_on_units(later, s);
  CHECK(first_series(later.measures, "mem")->unit.text == "MB");
  CHECK(observations(*first_series(later.measures, "mem")) == 0);
  CHECK(first_series(later.measures, "cpu")->unit.text == "kB");
  CHECK(first_series(later.measures, "me") == nullptr);
  span_rollup r;
  r.custom = later;
  CHECK(decode(encode(r)) == r);
}

TEST_CASE("custom stats: measures keep their value at any scale") {
  std::mt19937_64 random(3);
  for (const double scale : {1e-15, 1e-9, 3e-4, 0.02, 1.0, 900.0, 4e6, 1e12}) {
    CAPTURE(scale);
    std::vector<double> values;
    custom_stats s;
    double sum = 0;
    for (int i = 0; i < 1000; ++i) {
      values.push_back(scale * std::uniform_real_distribution<double>(0.5, 2)(random));
      sum += values.back();
      add(s, "m", sample(sample_kind::measure, values.back()), {});
    }
    std::sort(values.begin(), values.end());
    const auto& found = s.measures.at("m").values;
    CHECK(found.sum() == doctest::Approx(sum).epsilon(scale < 1e-9 ? 1e-3 : 1e-9));
    CHECK(found.smallest() == values.front());
    CHECK(found.largest() == values.back());
    for (const std::size_t percent : {1u, 25u, 50u, 95u, 99u}) {
      const auto exact = values[10 * percent - 1];
      CHECK(std::abs(found.quantile(static_cast<double>(percent) / 100) - exact) <= 0.01 * exact);
    }
  }
  custom_stats s;
  for (const double seconds : {0.00031, 0.00027, 0.00042}) {
    auto next = sample(sample_kind::measure, seconds);
    next.unit = "s";
    add(s, "cache.get", next, {});
  }
  const auto& values = first_series(s.measures, "cache.get")->values;
  CHECK(shown_value(values.sum(), "s") == 0.001);
  CHECK(shown_value(values.mean(), "s") == doctest::Approx(0.000333).epsilon(0.001));
  CHECK(shown_value(values.smallest(), "s") == 0.00027);
  CHECK(shown_value(values.quantile(0.5), "s") == 0.00031);
  CHECK(shown_value(values.largest(), "s") == 0.00042);
}

TEST_CASE("custom stats: sums of decimals are what people get by hand") {
  const auto sum_of = [](std::initializer_list<double> values) {
    decimal_sum sum;
    for (const auto value : values)
      sum.add(value);
    return sum.value();
  };
  CHECK(sum_of({0.1, 0.2}) == 0.3);
  CHECK(sum_of({12.4, 0.4, 1000}) == 1012.8);
  CHECK(sum_of({-0.1}) == -0.1);
  CHECK(sum_of({1e15, 0.25, -1e15}) == 0.25);
  CHECK(sum_of({1e-15, 2e-15}) == 3e-15);
  CHECK(sum_of({0.00031, 0.00027, 0.00042}) == 0.001);
  CHECK(sum_of({-7.5, 2.25}) == -5.25);
}
