// An app's own numbers: against simple models, in any order of merging, and beyond the bounds.
#include <doctest/doctest.h>

#include <random>
#include <set>

#include "messages/logplex/parse.hpp"
#include "messages/rollup/builder.hpp"

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
    sum += series.values.values.count;
  for (const auto& [name, series] : s.measures)
    sum += series.thousandths.count();
  for (const auto& [name, series] : s.uniques)
    sum += series.observations;
  return sum;
}

} // namespace

TEST_CASE("custom stats: the forms of l2met reach their series") {
  const auto s = counted(
      line("source=checkout measure#db.query=12.4ms count#orders.placed=1 sample#queue.depth=42jobs "
           "unique#buyers=user-8812") +
      line("source=checkout measure#db.query=0.4ms count#orders.placed= unique#buyers=user-8812") +
      line("sample#queue.depth=7jobs count#orders.placed=-0.25 unique#buyers=user-1 metric#temp=-3.5") +
      line("sample#queue.depth=9jobs measure.db.query=2s event#deployed=\"a b\" metric#tag#k=v"));
  REQUIRE(s.counts.size() == 2);
  CHECK(s.counts.at("orders.placed@checkout").sum.value() == 2);
  CHECK(s.counts.at("orders.placed@checkout").observations == 2);
  CHECK(s.counts.at("orders.placed").sum.value() == -0.25);
  REQUIRE(s.gauges.size() == 3);
  CHECK(s.gauges.at("queue.depth@checkout").values.values.last == 42);
  CHECK(s.gauges.at("queue.depth").values.values.max == 9);
  CHECK(s.gauges.at("queue.depth").min == 7);
  CHECK(s.gauges.at("queue.depth").values.unit == "jobs");
  CHECK(s.gauges.at("temp").values.values.last == -3.5);
  REQUIRE(s.measures.size() == 2);
  const auto& query = s.measures.at("db.query@checkout");
  CHECK(query.thousandths.count() == 2);
  CHECK(query.mean() == doctest::Approx(6.4));
  CHECK(query.quantile(0.5) == 0.4);
  CHECK(query.quantile(1) == doctest::Approx(12.4));
  CHECK(query.unit == "ms");
  CHECK(s.measures.at("db.query").unit == "s");
  REQUIRE(s.uniques.size() == 2);
  CHECK(s.uniques.at("buyers@checkout").members.count() == 1);
  CHECK(s.uniques.at("buyers@checkout").observations == 2);
  CHECK(s.folded == 0);
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
    CHECK(sum.measures.at("other").thousandths.count() == 7 * times);
    CHECK(sum.uniques.at("other").members.count() == 7);
    CHECK(sum.folded == 29 * times);
    CHECK(all_observations(sum) == 41 * times);
  };
  check(1);
  const auto once = sum;
  merge(sum, once, bounds);
  check(2);
  // What had room in one place may have none in another.
  custom_stats narrow;
  merge(narrow, sum, limits{.custom_series = 1});
  CHECK(narrow.counts.size() == 2);
  CHECK(all_observations(narrow) == 82);
  CHECK(narrow.folded == 76);
}

TEST_CASE("custom stats: numbers of any size do no harm") {
  custom_stats s;
  for (const double odd : {0.0, -0.0, 1e308, -1e308, 5e-324, 1e15, 9.3e18, -0.5}) {
    for (const auto kind :
         {sample_kind::count, sample_kind::gauge, sample_kind::measure, sample_kind::unique})
      add(s, "n", sample(kind, odd), {});
  }
  CHECK(s.measures.at("n").thousandths.count() == 8);
  CHECK(s.measures.at("n").thousandths.smallest_ms() == 0);
  CHECK(s.gauges.at("n").min == -1e308);
  CHECK(s.counts.at("n").sum.value() == doctest::Approx(2e15));
  minute_rollup r;
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
  CHECK(tenth == decimal_sum(0, 900'000'000));
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
      const auto at = start + std::chrono::seconds(below(50));
      auto next = sample(kind, value, member, at);
      next.unit = below(2) == 0 ? "ms" : "";
      add(whole, name, next, {});
      add(parts[below(4)], name, next, {});
      if (kind == sample_kind::count)
        sums[name] += value;
      else if (kind == sample_kind::unique)
        members[name].insert(std::stoi(member));
      else if (kind == sample_kind::measure)
        measured[name].push_back(value);
      else if (kind == sample_kind::gauge)
        gauges[name].emplace_back(at, value);
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
      CHECK(found.values.values.last == std::max_element(seen.begin(), seen.end())->second);
      for (const auto& [at, value] : seen) {
        CHECK(found.min <= value);
        CHECK(found.values.values.max >= value);
      }
    }
    CHECK(whole.measures.size() == measured.size());
    for (auto& [name, values] : measured) {
      std::sort(values.begin(), values.end());
      const auto& found = whole.measures.at(name);
      const auto median = values[(values.size() + 1) / 2 - 1];
      CHECK(std::abs(found.quantile(0.5) - median) <= 0.004 * median);
      CHECK(found.quantile(1) == values.back());
      CHECK(found.quantile(0) == values.front());
    }
  }
}
