// When a clock is trusted.
#include <doctest/doctest.h>

#include "actors/clock_guard.hpp"
#include "tests/support/problem_in.hpp"

namespace clock_guard_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 12h;
constexpr std::chrono::steady_clock::time_point start{1000h};

db::retention_clocks server(timestamp now) {
  return {{}, now, {}};
}

db::retention_clocks newest(timestamp line) {
  return {{}, {}, line};
}

} // namespace

TEST_CASE("clock guard: the clock of a server decides, whatever the lines say") {
  clock_guard guard;
  CHECK(problem_in(guard.check(noon, start, server(noon + 59min))) == "");
  CHECK_FALSE(guard.check(noon, start, server(noon + 61min)));
  CHECK_FALSE(guard.check(noon, start + 100h, server(noon - 61min)));
  CHECK(problem_in(guard.check(noon, start, {{}, noon, noon - 1000h})) == "");
}

TEST_CASE("clock guard: an empty database, or one with young lines, holds nothing against it") {
  clock_guard guard;
  CHECK(problem_in(guard.check(noon, start, {})) == "");
  CHECK(problem_in(guard.check(noon, start, newest(noon - 5min))) == "");
  CHECK(problem_in(guard.check(noon, start, newest(noon + 5min))) == "");
}

TEST_CASE("clock guard: a jump is waited out") {
  clock_guard guard;
  CHECK(problem_in(guard.check(noon, start, newest(noon))) == "");
  const auto ahead = noon + 40 * 24h;
  CHECK_FALSE(guard.check(ahead, start + 1s, newest(noon)));
  CHECK_FALSE(guard.check(ahead + 59min, start + 59min, newest(noon)));
  CHECK(problem_in(guard.check(noon + 60min, start + 60min, newest(noon + 60min))) == "");
  // A second jump within the hour after the first one is waited out, too.
  CHECK_FALSE(guard.check(ahead, start + 61min, newest(noon + 60min)));
  CHECK_FALSE(guard.check(ahead + 40 * 24h, start + 119min, newest(noon + 60min)));
  CHECK_FALSE(guard.check(ahead + 40 * 24h + 2min, start + 121min, newest(noon + 60min)));
}

TEST_CASE("clock guard: while lines come that are dated otherwise the clock is wrong, however long") {
  clock_guard guard;
  for (int minute = 0; minute < 600; minute += 5)
    CHECK_FALSE(
        guard.check(noon + 40 * 24h + minute * 1min, start + minute * 1min, newest(noon + minute * 1min)));
}

TEST_CASE("clock guard: a service without lines trusts its clock after an hour") {
  clock_guard guard;
  CHECK_FALSE(guard.check(noon, start, newest(noon - 100h)));
  CHECK_FALSE(guard.check(noon + 59min, start + 59min, newest(noon - 100h)));
  CHECK(problem_in(guard.check(noon + 60min, start + 60min, newest(noon - 100h))) == "");
  CHECK(problem_in(guard.check(noon + 65min, start + 65min, newest(noon - 100h))) == "");
}

} // namespace clock_guard_test
