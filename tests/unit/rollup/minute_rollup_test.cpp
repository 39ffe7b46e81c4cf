// Merging and the compact form, on random traffic and on damaged bytes.
#include <doctest/doctest.h>

#include "messages/rollup/minute_rollup.hpp"
#include "tests/unit/rollup/samples.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

minute_rollup random_rollup(std::mt19937_64& random, std::size_t requests) {
  builder b(limits{}, [](std::string_view address) { return address.ends_with('3') ? "DE" : "FR"; });
  const auto sample = random_body(random, requests, start, 60s);
  const auto result = b.build(sample.body, 100 * requests, start);
  return result.empty() ? minute_rollup{} : result.front().data;
}

} // namespace

TEST_CASE("minute rollup: merging is associative and commutative") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 30; ++round) {
    const auto a = random_rollup(random, random() % 200), b = random_rollup(random, random() % 200),
               c = random_rollup(random, random() % 200);
    auto left = a;
    merge(left, b);
    merge(left, c);
    auto inner = c;
    merge(inner, b);
    auto right = minute_rollup{};
    merge(right, inner);
    merge(right, a);
    CHECK(left == right);
    CHECK(left.requests == a.requests + b.requests + c.requests);
  }
}

TEST_CASE("minute rollup: dynos and error codes beyond their bound are counted as other") {
  minute_rollup sum;
  const limits bounds{.endpoints = 10, .dynos = 3, .error_codes = 2};
  for (int i = 0; i < 50; ++i) {
    minute_rollup next;
    next.dynos["web." + std::to_string(i % 5)].count = 1;
    next.error_codes["H" + std::to_string(i % 5)] = 1;
    merge(sum, next, bounds);
  }
  CHECK(sum.dynos.size() == 4);
  CHECK(sum.dynos.at("web.0").count == 10);
  CHECK(sum.dynos.at("other").count == 20);
  CHECK(sum.error_codes ==
        std::map<std::string, std::uint64_t, std::less<>>{{"H0", 10}, {"H1", 10}, {"other", 30}});
}

TEST_CASE("minute rollup: decode is the reverse of encode") {
  std::mt19937_64 random(2);
  CHECK(decode(encode(minute_rollup{})) == minute_rollup{});
  for (int round = 0; round < 30; ++round) {
    const auto value = random_rollup(random, random() % 300);
    const auto again = decode(encode(value));
    REQUIRE(again);
    CHECK(*again == value);
  }
}

TEST_CASE("minute rollup: what the heavy hitters gave up survives encoding") {
  std::mt19937_64 random(3);
  minute_rollup sum;
  for (int i = 0; i < 5; ++i)
    merge(sum, random_rollup(random, 100), limits{.endpoints = 2});
  CHECK(sum.endpoints.absent_bound() > 0);
  CHECK(sum.endpoints.other().count > 0);
  const auto again = decode(encode(sum));
  REQUIRE(again);
  CHECK(*again == sum);
}

TEST_CASE("minute rollup: numbers that contradict each other are refused") {
  using hitters = heavy_hitters<request_stats>;
  minute_rollup r;
  r.requests = r.errors = 1;
  r.dynos["web.1"].count = 1;
  r.dynos["web.1"].service.add(5);
  r.endpoints = hitters::from_parts({{"/", {}, 3}}, {}, 3);
  CHECK(decode(encode(r)) == r);
  auto more_errors_than_requests = r;
  more_errors_than_requests.errors = 2;
  CHECK_FALSE(decode(encode(more_errors_than_requests)));
  auto more_durations_than_requests = r;
  more_durations_than_requests.dynos["web.1"].count = 0;
  CHECK_FALSE(decode(encode(more_durations_than_requests)));
  auto more_missed_than_possible = r;
  more_missed_than_possible.endpoints = hitters::from_parts({{"/", {}, 4}}, {}, 3);
  CHECK_FALSE(decode(encode(more_missed_than_possible)));
}

TEST_CASE("minute rollup: bytes of another version, cut bytes and more bytes are refused") {
  std::mt19937_64 random(4);
  const auto bytes = encode(random_rollup(random, 40));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE_FALSE(decode(std::string_view(bytes).substr(0, size)));
  CHECK_FALSE(decode(bytes + '\0'));
  auto newer = bytes;
  newer[0] = 3;
  CHECK_FALSE(decode(newer));
}

TEST_CASE("minute rollup: bytes of version 1 are read, and hold nothing of the platform") {
  std::mt19937_64 random(7);
  const auto value = random_rollup(random, 200);
  auto without = value;
  without.platform = {};
  // The platform's part of an empty one is seven zeros at the end.
  auto bytes = encode(without);
  bytes.resize(bytes.size() - 7);
  bytes[0] = 1;
  CHECK(decode(bytes) == without);
  CHECK(value != without);
  CHECK_FALSE(decode(bytes + std::string(7, '\0')));
  bytes[0] = 2;
  CHECK_FALSE(decode(bytes));
}

TEST_CASE("minute rollup: damaged bytes are refused, or are what some rollup encodes to") {
  std::mt19937_64 random(5);
  const auto bytes = encode(random_rollup(random, 60));
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = bytes;
    for (auto left = 1 + random() % 4; left > 0; --left) {
      const auto at = random() % damaged.size();
      switch (random() % 4) {
      case 0:
        damaged[at] = static_cast<char>(random());
        break;
      case 1:
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
        break;
      case 2:
        damaged.erase(at, 1 + random() % 20);
        break;
      default:
        damaged.insert(at, 1 + random() % 12, '\xff');
      }
      if (damaged.empty())
        damaged = "\x02";
    }
    const auto value = decode(damaged);
    if (!value)
      continue;
    ++accepted;
    REQUIRE(decode(encode(*value)) == *value);
  }
  CHECK(accepted > 0);
}

TEST_CASE("minute rollup: random bytes do no harm") {
  std::mt19937_64 random(6);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(1 + random() % 300, random() % 2 == 0 ? '\x01' : '\x02');
    for (std::size_t i = 1; i < bytes.size(); ++i)
      bytes[i] = static_cast<char>(random() % 3 == 0 ? random() : random() % 3);
    if (const auto value = decode(bytes))
      REQUIRE(decode(encode(*value)) == *value);
  }
}
