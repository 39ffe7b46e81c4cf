// Resolutions over time, against a list of everything that was added.
#include <doctest/doctest.h>

#include <random>

#include "messages/rollup/timeline.hpp"

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
  const minute first = now - 7min; // a whole hour is easier to read
  for (int i = 0; i < 60; ++i)
    t.add(first + i * 1min, requests(1), first + i * 1min);
  const auto sizes = [&](std::chrono::minutes later) {
    t.age(first + later);
    // The number of spans is the number of minutes that begin one.
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
  for (int i = 0; i < 3000; ++i) {
    clock += std::chrono::minutes(random() % 5);
    const minute at = clock - std::chrono::minutes(random() % 20 == 0 ? random() % 9000 : random() % 3);
    t.add(at, requests(i % 7 + 1u), clock);
    added.emplace_back(at, i % 7 + 1u);
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
    // Minutes are exact for two hours, tens for 72 h, hours for 30 days.
    const minute hour = std::chrono::floor<std::chrono::hours>(clock);
    for (const auto from :
         std::initializer_list<minute>{clock - 110min, clock - 1min, hour - 71h, hour - 20 * 24h})
      CHECK(t.between(from, clock + 1min).requests == sum(from, clock + 1min));
    CHECK(t.between(hour - 100h, hour - 50h).requests == sum(hour - 100h, hour - 50h));
  }
}

TEST_CASE("timeline: totals are all of a span but its names, whatever its resolution") {
  timeline t;
  for (const auto age : std::initializer_list<std::chrono::minutes>{0min, 1min, 90min, 5h, 100h}) {
    auto data = requests(100 + static_cast<std::uint64_t>(age.count()), 7);
    data.errors = 3;
    data.by_status_class = {1, 2, 3, 4, 5, 6};
    data.by_method = {1, 2, 3, 4, 5};
    data.connect.add(4);
    data.response_bytes = data.bytes = 9;
    data.malformed = data.count_mismatches = 2;
    data.error_codes = {{"H12", 2}};
    data.platform.dynos["web.1"].crashes = 1;
    data.platform.dropped_by_sender = 5;
    data.countries = {{"DE", 1}};
    data.dynos["web.1"].count = 4;
    data.endpoints = {{{"/", {5, 0, {}}, 0}}, 10};
    t.add(now - age, data, now);
  }
  auto expected = t.between(now - 200h, now + 1min);
  expected.countries.clear();
  expected.dynos.clear();
  expected.endpoints = {};
  expected.by_second = {};
  CHECK(t.totals_between(now - 200h, now + 1min) == expected);
  CHECK(t.totals_between(now - 1min, now + 1min).requests == 201);
}
