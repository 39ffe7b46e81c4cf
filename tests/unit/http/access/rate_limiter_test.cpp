// The rate limiter: bursts, refill, independence of names, bounded memory.
#include "http/access/rate_limiter.hpp"

#include <doctest/doctest.h>

namespace rate_limiter_test {

using parseflow::http::rate_limiter;
using namespace std::chrono_literals;

namespace {
constexpr rate_limiter::time_point start{1h};
}

TEST_CASE("rate limiter: a minute's worth may come at once, one more must wait") {
  rate_limiter rates{60};
  for (int i = 0; i < 60; ++i)
    CHECK_FALSE(rates.take("a", start));
  const auto wait = rates.take("a", start);
  REQUIRE(wait);
  CHECK(*wait == 1000ms);
  CHECK(rates.take("a", start + 999ms));
  CHECK_FALSE(rates.take("a", start + 1000ms));
  CHECK(rates.take("a", start + 1000ms));
}

TEST_CASE("rate limiter: a bucket never holds more than a minute's worth") {
  rate_limiter rates{2};
  CHECK_FALSE(rates.take("a", start));
  CHECK_FALSE(rates.take("a", start + 24h));
  CHECK_FALSE(rates.take("a", start + 24h));
  CHECK(rates.take("a", start + 24h));
}

TEST_CASE("rate limiter: names have buckets of their own") {
  rate_limiter rates{1};
  CHECK_FALSE(rates.take("a", start));
  CHECK_FALSE(rates.take("b", start));
  CHECK(rates.take("a", start));
}

TEST_CASE("rate limiter: zero means no limit") {
  rate_limiter rates{0};
  for (int i = 0; i < 1000; ++i)
    CHECK_FALSE(rates.take("a", start));
}

TEST_CASE("rate limiter: a clock that goes back takes nothing away and gives nothing") {
  rate_limiter rates{1};
  CHECK_FALSE(rates.take("a", start));
  CHECK(rates.take("a", start - 10min));
  CHECK(rates.take("a", start + 59s));
  CHECK_FALSE(rates.take("a", start + 60s));
}

TEST_CASE("rate limiter: who is seen often is remembered among many, who is not is forgotten") {
  rate_limiter rates{1, 100};
  CHECK_FALSE(rates.take("busy", start));
  CHECK_FALSE(rates.take("quiet", start));
  for (int i = 0; i < 1000; ++i) {
    CHECK_FALSE(rates.take("name " + std::to_string(i), start));
    CHECK(rates.take("busy", start));
  }
  CHECK_FALSE(rates.take("quiet", start));
}

} // namespace rate_limiter_test
