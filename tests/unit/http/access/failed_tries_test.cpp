// Wrong secrets: each network has a number of tries, and so have all together.
#include "http/access/failed_tries.hpp"

#include <string>

#include <doctest/doctest.h>

namespace failed_tries_test {

using namespace parseflow;
using namespace parseflow::http;

namespace {

ip_address address(const std::string& text) {
  return ip_address::from(text).value();
}

} // namespace

TEST_CASE("failed tries: a network has so many, whichever of its addresses it uses") {
  failed_tries tries{"a wrong one"};
  for (std::uint32_t i = 0; i < failed_tries::per_minute; ++i)
    CHECK_FALSE(tries.count(address("2001:db8::" + std::to_string(i + 1))));
  const auto wait = tries.count(address("2001:db8::ffff"));
  REQUIRE(wait);
  CHECK(*wait <= std::chrono::milliseconds{60'000 / failed_tries::per_minute});
  CHECK_FALSE(tries.count(address("2001:db8:0:1::1")));
  CHECK(tries.total() == failed_tries::per_minute + 2);
}

TEST_CASE("failed tries: all networks together have so many") {
  failed_tries tries{"a wrong one"};
  for (std::uint32_t i = 0; i < failed_tries::all_per_minute; ++i)
    CHECK_FALSE(tries.count(address("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250))));
  CHECK(tries.count(address("203.0.113.7")));
}

} // namespace failed_tries_test
