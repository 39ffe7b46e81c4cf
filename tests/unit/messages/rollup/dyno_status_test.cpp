// The status of a dyno in one word.
#include "messages/rollup/dyno_status.hpp"

#include <doctest/doctest.h>

using namespace parseflow::rollup;

namespace {

request_stats served(std::uint64_t count, std::uint64_t failures, std::int64_t ms) {
  request_stats stats{.count = count, .errors = count, .failures = failures};
  for (std::uint64_t i = 0; i < count; ++i)
    stats.service.add(ms);
  return stats;
}

std::string_view status(const request_stats& requests) {
  return dyno_status(&requests, nullptr);
}

std::string_view status(const dyno_state& state) {
  return dyno_status(nullptr, &state);
}

dyno_state using_mb(double total, double quota) {
  dyno_state state;
  state.memory_total_mb = gauge_of({}, total);
  if (quota > 0)
    state.memory_quota_mb = gauge_of({}, quota);
  return state;
}

} // namespace

TEST_CASE("dyno status: by requests, limits belong to the better side") {
  CHECK(dyno_status(nullptr, nullptr) == "healthy");
  CHECK(status(served(0, 0, 0)) == "healthy");
  CHECK(status(served(1000, 50, 1000)) == "healthy"); // errors that the dyno did not cause do not count
  CHECK(status(served(1000, 51, 0)) == "warning");
  CHECK(status(served(10, 0, 1001)) == "warning");
  CHECK(status(served(1000, 100, 3000)) == "warning");
  CHECK(status(served(1000, 101, 0)) == "critical");
  CHECK(status(served(10, 0, 3001)) == "critical");
}

TEST_CASE("dyno status: WebSockets neither make it worse nor better") {
  auto stats = served(10, 1, 20);
  CHECK(status(stats) == "warning");
  stats.count += 1000;
  stats.websockets += 1000;
  CHECK(status(stats) == "warning");
  CHECK(status(request_stats{.count = 3, .websockets = 3}) == "healthy");
}

TEST_CASE("dyno status: by memory") {
  CHECK(status(using_mb(512, 512)) == "healthy");
  CHECK(status(using_mb(605, 512)) == "warning");
  CHECK(status(using_mb(1025, 512)) == "critical");
  CHECK(status(using_mb(9000, 0)) == "healthy"); // no quota is known
  auto reported = using_mb(300, 512);
  reported.r14 = 1;
  CHECK(status(reported) == "warning");
  reported.r15 = 1;
  CHECK(status(reported) == "critical");
}

TEST_CASE("dyno status: the worst of all holds") {
  const auto requests = served(1000, 51, 0);
  auto state = using_mb(1025, 512);
  CHECK(dyno_status(&requests, &state) == "critical");
  state.crashes = 1;
  CHECK(dyno_status(&requests, &state) == "crashed");
}
