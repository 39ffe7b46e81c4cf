// The two rules over time.
#include <doctest/doctest.h>

#include "messages/alerts/evaluate.hpp"

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h;

rollup::minute_rollup traffic(std::uint64_t requests, std::uint64_t errors, std::int64_t service_ms = 10) {
  rollup::minute_rollup r;
  r.requests = requests;
  r.errors = errors;
  for (std::uint64_t i = 0; i < requests; ++i)
    r.service.add(service_ms);
  return r;
}

struct fixture {
  alerts::evaluator judge{alert_settings{}}; // 5 %, 1000 ms, 5 min, 20 requests
  const alert& newest() const {
    REQUIRE_FALSE(judge.alerts().empty());
    return judge.alerts().front();
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "alerts: none without traffic, none at the limit") {
  CHECK_FALSE(judge.evaluate({}, start));
  CHECK_FALSE(judge.evaluate(traffic(100, 5, 1000), start));
  CHECK(judge.alerts().empty());
}

TEST_CASE_FIXTURE(fixture, "alerts: an error rate above the limit is raised once") {
  CHECK(judge.evaluate(traffic(80, 5), start));
  CHECK_FALSE(judge.evaluate(traffic(80, 6), start + 1s));
  REQUIRE(judge.alerts().size() == 1);
  CHECK(newest().type == "high_error_rate");
  CHECK(newest().severity == "warning");
  CHECK(newest().message == "6.2 % of 80 requests in 5 min failed (limit 5 %)");
  CHECK(newest().raised_at == start);
  CHECK_FALSE(newest().resolved);
}

TEST_CASE_FIXTURE(fixture, "alerts: a slow 95th percentile above the limit is raised once") {
  CHECK(judge.evaluate(traffic(100, 0, 1001), start));
  CHECK_FALSE(judge.evaluate(traffic(100, 0, 1500), start + 1s));
  REQUIRE(judge.alerts().size() == 1);
  CHECK(newest().type == "slow_response");
  CHECK(newest().severity == "warning");
  CHECK(newest().message == "The 95th percentile of 100 response times in 5 min is 1001 ms (limit 1000 ms)");
}

TEST_CASE_FIXTURE(fixture, "alerts: twice the limit is critical, at once or later") {
  CHECK(judge.evaluate(traffic(100, 10, 1999), start));
  REQUIRE(judge.alerts().size() == 2);
  CHECK(judge.alerts()[0].type == "slow_response");
  CHECK(judge.alerts()[0].severity == "warning");
  CHECK(judge.alerts()[1].severity == "critical");
  CHECK(judge.evaluate(traffic(100, 10, 2000), start + 1s));
  CHECK(judge.alerts()[0].severity == "critical");
  CHECK(judge.alerts()[0].raised_at == start);
  CHECK(judge.alerts()[0].message.find("2000 ms") != std::string::npos);
  CHECK_FALSE(judge.evaluate(traffic(100, 6, 1500), start + 2s));
  CHECK(judge.alerts()[0].severity == "critical");
}

TEST_CASE_FIXTURE(fixture,
                  "alerts: resolved when the value is no longer above the limit, and kept for an hour") {
  judge.evaluate(traffic(100, 50), start);
  CHECK(judge.evaluate(traffic(100, 5), start + 1min));
  REQUIRE(judge.alerts().size() == 1);
  CHECK(newest().resolved);
  CHECK(newest().resolved_at == start + 1min);
  CHECK_FALSE(judge.evaluate(traffic(100, 5), start + 61min));
  CHECK(judge.alerts().size() == 1);
  CHECK_FALSE(judge.evaluate(traffic(100, 5), start + 61min + 1s));
  CHECK(judge.alerts().empty());
}

TEST_CASE_FIXTURE(fixture, "alerts: resolved when the traffic stops") {
  judge.evaluate(traffic(100, 50, 5000), start);
  CHECK(judge.evaluate(traffic(19, 19, 5000), start + 1min));
  REQUIRE(judge.alerts().size() == 2);
  CHECK(judge.alerts()[0].resolved);
  CHECK(judge.alerts()[1].resolved);
}

TEST_CASE_FIXTURE(fixture, "alerts: fewer requests than the minimum raise nothing") {
  CHECK_FALSE(judge.evaluate(traffic(19, 19, 5000), start));
  CHECK(judge.evaluate(traffic(20, 20, 5000), start));
  CHECK(judge.alerts().size() == 2);
}

TEST_CASE_FIXTURE(fixture, "alerts: one that comes again is a new one, newest first") {
  judge.evaluate(traffic(100, 50), start);
  judge.evaluate(traffic(100, 0), start + 1min);
  CHECK(judge.evaluate(traffic(100, 50), start + 2min));
  REQUIRE(judge.alerts().size() == 2);
  CHECK(newest().raised_at == start + 2min);
  CHECK_FALSE(newest().resolved);
  CHECK(judge.alerts()[1].resolved);
}

TEST_CASE_FIXTURE(fixture, "alerts: a rule that flutters fills no memory and costs no open alert") {
  judge.evaluate(traffic(100, 0, 1500), start);
  for (int i = 1; i < 1000; ++i)
    judge.evaluate(traffic(100, i % 2 == 0 ? 0 : 50, 1500), start + i * 1s);
  CHECK(judge.alerts().size() == 100);
  CHECK(judge.alerts().back().type == "slow_response");
  CHECK_FALSE(judge.alerts().back().resolved);
}
