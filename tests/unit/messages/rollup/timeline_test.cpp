// Resolutions over time, compared with a list of everything that was added.
#include <doctest/doctest.h>

#include <random>

#include "messages/rollup/metric_value.hpp"
#include "messages/rollup/timeline.hpp"
#include "tests/unit/messages/rollup/samples.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace std::chrono_literals;

namespace {

const minute now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

minute_rollup requests(std::uint64_t count, std::size_t second = 0) {
  minute_rollup r;
  r.requests = r.lines = count;
  r.service.add(static_cast<std::int64_t>(count));
  r.by_second[second] = static_cast<std::uint32_t>(count);
  return r;
}

} // namespace

TEST_CASE("timeline: all is everything, wherever it is kept") {
  timeline t;
  std::uint64_t sum = 0, next = 1;
  for (const auto age : std::initializer_list<std::chrono::minutes>{0min, 1min, 2min, 2h, 3h, 80h, 29 * 24h,
                                                                    31 * 24h, -1min, -23h, -25h, 500'000h}) {
    t.add(now - age, requests(next), now);
    sum += next;
    next *= 2;
    CHECK(t.all().requests == sum);
  }
  for (const auto later :
       std::initializer_list<std::chrono::minutes>{0min, 1min, 10min, 4h, 100h, 40 * 24h, 400 * 24h}) {
    t.age(now + later);
    CHECK(t.all().requests == sum);
    CHECK(t.all().service.count() == 12);
  }
  CHECK(t.between(now - 600'000h, now + 600'000h).requests == 0);
}

TEST_CASE("timeline: minutes for two hours, then tens, then hours, then nothing") {
  timeline t;
  const minute first = now - 7min; // a whole hour makes the test easier to read
  for (int i = 0; i < 60; ++i)
    t.add(first + i * 1min, requests(1), first + i * 1min);
  const auto sizes = [&](std::chrono::minutes later) {
    t.age(first + later);
    // The number of spans is the number of minutes at which one begins.
    int spans = 0;
    for (int i = 0; i < 60; ++i)
      spans += t.between(first + i * 1min, first + (i + 1) * 1min).requests != 0;
    return spans;
  };
  CHECK(sizes(60min) == 60);
  CHECK(sizes(2h + 9min) == 60);
  CHECK(sizes(2h + 10min) == 51);
  CHECK(sizes(3h) == 6);
  CHECK(sizes(72h + 59min) == 6);
  CHECK(sizes(73h) == 1);
  CHECK(t.between(first, first + 1min).requests == 60);
  CHECK(sizes(30 * 24h + 59min) == 1);
  CHECK(sizes(30 * 24h + 1h) == 0);
  CHECK(t.all().requests == 60);
}

TEST_CASE("timeline: late lines join the span that has their minute") {
  timeline t;
  t.add(now, requests(1), now);
  t.age(now + 5min);
  t.add(now, requests(2), now + 5min);
  CHECK(t.between(now, now + 1min).requests == 3);
  CHECK(t.all().requests == 3);
  t.age(now + 5h);
  t.add(now, requests(4), now + 5h);
  CHECK(t.between(now - 7min, now + 3min).requests == 7);
  t.add(now, requests(8), now + 100h); // before `age` was called
  CHECK(t.all().requests == 15);
  t.age(now + 100h);
  CHECK(t.between(now - 7min, now + 53min).requests == 15);
  CHECK(t.all().requests == 15);
}

TEST_CASE("timeline: a clock that is set back counts nothing twice") {
  timeline t;
  t.add(now, requests(1), now);
  t.age(now + 10min);
  t.add(now, requests(2), now);
  t.age(now);
  t.age(now + 10min);
  CHECK(t.all().requests == 3);
  CHECK(t.between(now, now + 1min).requests == 3);
}

TEST_CASE("timeline: memory is bounded, however far lines lie in the future") {
  timeline t;
  for (int i = 0; i < 5000; ++i)
    t.add(now + i * 1min, requests(1), now);
  CHECK(t.all().requests == 5000);
  CHECK(t.between(now, now + 24h * 100).requests == 24 * 60 + 1);
}

TEST_CASE("timeline: requests are counted by the second while minutes are kept") {
  timeline t;
  t.add(now - 1min, requests(1, 59), now);
  t.add(now, requests(2, 0), now);
  t.add(now, requests(4, 59), now);
  t.add(now + 1min, requests(8, 0), now);
  t.add(now - 5h, requests(1000, 7), now);
  for (int i = 0; i < 2; ++i) {
    CHECK(t.requests_between(now - 1s, now + 1s) == 3);
    CHECK(t.requests_between(now, now + 59s) == 2);
    CHECK(t.requests_between(now, now + 60s) == 6);
    CHECK(t.requests_between(now + 59s, now + 61s) == 12);
    CHECK(t.requests_between(now - 10h, now + 10h) == 15);
    t.age(now + 30min);
  }
  t.age(now + 10h);
  CHECK(t.requests_between(now - 10h, now + 10h) == 0);
}

TEST_CASE("timeline: random additions over days sum up as a list of them does") {
  std::mt19937_64 random(1);
  timeline t;
  std::vector<std::pair<minute, std::uint64_t>> added;
  minute clock = now;
  for (unsigned i = 0; i < 3000; ++i) {
    clock += std::chrono::minutes(random() % 5);
    const minute at = clock - std::chrono::minutes(random() % 20 == 0 ? random() % 9000 : random() % 3);
    t.add(at, requests(i % 7 + 1), clock);
    added.emplace_back(at, i % 7 + 1);
    if (random() % 3 == 0)
      t.age(clock);
    if (i % 100 != 0)
      continue;
    const auto sum = [&](minute from, minute to) {
      std::uint64_t result = 0;
      for (const auto& [when, count] : added)
        result += when >= from && when < to ? count : 0;
      return result;
    };
    t.age(clock);
    CHECK(t.all().requests == sum(minute::min(), minute::max()));
    // Single minutes are exact for two hours, ten minutes for 72 h, hours for 30 days.
    const minute hour = std::chrono::floor<std::chrono::hours>(clock);
    for (const auto from :
         std::initializer_list<minute>{clock - 110min, clock - 1min, hour - 71h, hour - 20 * 24h})
      CHECK(t.between(from, clock + 1min).requests == sum(from, clock + 1min));
    CHECK(t.between(hour - 100h, hour - 50h).requests == sum(hour - 100h, hour - 50h));
  }
}

TEST_CASE(
    "timeline: sums that are remembered stay right, whatever is added, downsampled and dropped between") {
  for (std::uint64_t seed = 1; seed <= test::histories; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    timeline t;
    std::map<minute, std::uint64_t> added;
    minute clock = now;
    for (int i = 0; i < 4000; ++i) {
      clock += std::chrono::minutes(random() % 3);
      const auto ago = random() % 10 == 0 ? random() % 6000 : random() % 2;
      t.add(clock - std::chrono::minutes(ago), requests(1), clock);
      ++added[clock - std::chrono::minutes(ago)];
      if (random() % 2 == 0)
        continue;
      t.age(clock);
      const auto sum_from = [&](minute from) {
        std::uint64_t sum = 0;
        for (auto at = added.lower_bound(from); at != added.end(); ++at)
          sum += at->second;
        return sum;
      };
      // Asks like a dashboard for the same windows again and again. They begin where a span begins.
      const minute ten = minute(std::chrono::floor<std::chrono::minutes>(clock).time_since_epoch() / 10 * 10);
      const minute hour = std::chrono::floor<std::chrono::hours>(clock);
      for (const auto from :
           std::initializer_list<minute>{clock - 100min, ten - 24h, ten - 71h, hour - 90h}) {
        const auto all = t.between(from, clock + 1min);
        REQUIRE(all.requests == sum_from(from));
        REQUIRE(all.service.count() == t.between(from, clock + 1min, extent::without_names).service.count());
      }
    }
  }
}

TEST_CASE("timeline: prepared sums are right, whatever is added, downsampled and dropped between") {
  minute_rollup one = requests(1);
  one.dynos["web.1"].count = 1;
  one.dynos["web.1"].service.add(5); // hours do not keep this
  constexpr std::chrono::minutes lengths[] = {1h, 24h, 73h, 100h};
  for (std::uint64_t seed = 1; seed <= test::histories; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    timeline prepared, plain;
    minute clock = now;
    for (int i = 0; i < 4000; ++i) {
      clock += std::chrono::minutes(random() % 3);
      const auto at = clock - std::chrono::minutes(random() % 10 == 0 ? random() % 6000 : random() % 2);
      for (auto* t : {&prepared, &plain})
        t->add(at, one, clock);
      if (random() % 2 == 0)
        continue;
      for (auto* t : {&prepared, &plain})
        t->age(clock);
      for (const auto length : lengths)
        prepared.prepare(length, random() % 40);
      for (const auto length : lengths) {
        const auto sum = prepared.between(clock - length, clock + 1min);
        const auto expected = plain.between(clock - length, clock + 1min);
        REQUIRE(sum == expected);
      }
    }
  }
}

TEST_CASE("timeline: hours keep the counts of names, and not their durations") {
  timeline t;
  minute_rollup r = requests(2);
  request_stats stats{.count = 2, .errors = 1};
  stats.service.add(10);
  stats.service.add(20);
  r.dynos["web.1"] = stats;
  r.endpoints = heavy_hitters<request_stats>({{"/a", stats, 0}, {"/b", stats, 0}}, 1);
  const minute hour = std::chrono::floor<std::chrono::hours>(now);
  t.add(hour, r, hour);
  const auto check = [&](bool has_durations) {
    const auto found = t.between(hour, hour + 1h);
    CHECK(found.dynos.at("web.1").count == 2);
    CHECK(found.dynos.at("web.1").errors == 1);
    CHECK((found.dynos.at("web.1").service.count() != 0) == has_durations);
    CHECK((found.endpoints.entries().at(0).payload.service.count() != 0) == has_durations);
    CHECK((found.endpoints.other().service.count() != 0) == has_durations);
    CHECK(found.endpoints.other().count == 2);
    CHECK(found.service.count() == 1);
  };
  t.age(hour + 5h);
  check(true);
  t.age(hour + 80h);
  check(false);
  t.add(hour, r, hour + 80h);
  CHECK(t.between(hour, hour + 1h).dynos.at("web.1").count == 4);
  CHECK(t.between(hour, hour + 1h).dynos.at("web.1").service.count() == 0);
}

TEST_CASE("packed rollup: packing changes nothing, adding opens") {
  packed_rollup span;
  CHECK(span.value() == minute_rollup{});
  span.pack();
  CHECK(span.value() == minute_rollup{});
  minute_rollup expected;
  for (std::uint64_t i = 1; i < 20; ++i) {
    auto r = requests(i);
    r.dynos["web." + std::to_string(i)].count = i;
    span.add(r);
    CHECK(span.is_open());
    merge(expected, r);
    if (i % 3 == 0)
      span.pack();
    CHECK(span.is_open() == (i % 3 != 0));
    CHECK(span.value() == expected);
    span_rollup twice = expected;
    span.add_to(twice, extent::all);
    CHECK(twice.requests == 2 * expected.requests);
    CHECK(span.value(extent::without_names).dynos.empty());
    CHECK(span.value(extent::without_names).requests == expected.requests);
  }
}

TEST_CASE("packed rollup: a longer span has no requests by second") {
  packed_rollup span;
  const auto minute = requests(3, 7);
  span.add(minute);
  const span_rollup sum = minute;
  span.add(sum);
  CHECK(span.value().requests == 6);
  CHECK(span.value().by_second[7] == 3);
  span.pack();
  span.subtract(sum);
  CHECK(span.value() == minute);
  span.subtract(minute);
  CHECK(span.value().by_second == second_counts{});
}

TEST_CASE("timeline: a remembered sum follows spans that are downsampled") {
  // One request in each ten minutes of three days; the questions begin within the oldest spans.
  timeline t;
  const minute first = std::chrono::floor<std::chrono::hours>(now);
  minute_rollup r = requests(1);
  r.dynos["web.1"].count = 1;
  r.dynos["web.1"].service.add(5);
  for (auto at = first; at < first + 73h; at += 10min)
    t.add(at, r, at);
  for (auto at = first + 73h; at < first + 75h; at += 1min) {
    t.age(at - 1min);
    for (const auto from : {first + 20min, first - 1min}) {
      // The same in small pieces, whose sums are not cached.
      std::uint64_t spans = 0, durations = 0;
      for (auto hour = from; hour < at; hour += 1h) {
        const auto piece = t.between(hour, std::min(hour + 1h, at));
        spans += piece.requests;
        if (const auto dyno = piece.dynos.find("web.1"); dyno != piece.dynos.end())
          durations += dyno->second.service.count();
      }
      const auto found = t.between(from, at);
      REQUIRE(found.requests == spans);
      REQUIRE(found.dynos.at("web.1").service.count() == durations);
    }
  }
  // The same for minutes that become spans of ten.
  timeline young;
  for (auto at = first; at < first + 4h; at += 1min) {
    young.add(at, r, at);
    young.age(at);
    const auto from = first + 5min;
    std::uint64_t spans = 0;
    for (auto piece = from; piece <= at; piece += 10min)
      spans += young.between(piece, std::min(piece + 10min, at + 1min)).requests;
    REQUIRE(young.between(from, at + 1min).requests == spans);
  }
}

TEST_CASE("timeline: a remembered sum without names stays so") {
  timeline t;
  minute_rollup r = requests(1);
  r.dynos["web.1"].count = 1;
  for (int i = 0; i < 60; ++i)
    t.add(now + i * 1min, r, now + i * 1min);
  t.age(now + 1h);
  for (std::uint64_t more = 0; more < 3; ++more) {
    const auto found = t.between(now, now + 1h, extent::without_names);
    CHECK(found.requests == 60 + more);
    CHECK(found.dynos.empty());
    CHECK(t.between(now, now + 1h).dynos.at("web.1").count == 60 + more);
    t.add(now, r, now + 1h);
  }
}

TEST_CASE("timeline: a custom series has the unit that came first, whichever minutes are asked for") {
  timeline t;
  const auto reported = [](timestamp at, double value, const char* unit) {
    sample_record next;
    next.at = at;
    next.kind = sample_kind::measure;
    next.value = value;
    next.unit = unit;
    minute_rollup r;
    r.lines = 1;
    add(r.custom, "req", next, {});
    return r;
  };
  t.add(now, reported(now + 1s, 1.2, "s"), now);
  t.add(now + 2min, reported(now + 2min, 950, "ms"), now + 2min);
  for (int i = 0; i < 2; ++i) {
    CHECK(metric_value("custom:req", t.between(now, now + 1min), 60s) == 1.2);
    CHECK(metric_value("custom:req", t.between(now + 2min, now + 3min), 60s) == 0.95);
    CHECK(metric_value("custom_max:req", t.all(), 60s) == 1.2);
    t.age(now + 10min); // settled and packed
  }
}
