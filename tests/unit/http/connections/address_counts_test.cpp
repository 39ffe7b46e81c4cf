// Connections by address: how many a network may have.
#include "http/connections/address_counts.hpp"

#include <doctest/doctest.h>

namespace address_counts_test {

using namespace parseflow;
using namespace parseflow::http;

namespace {

ip_address address(std::string_view text) {
  return ip_address::from(text).value();
}

} // namespace

TEST_CASE("address counts: each network has its own bound, and places come back") {
  address_counts counts{2};
  const auto a = address("203.0.113.1"), b = address("2001:db8::1"), beside_b = address("2001:db8::2");
  CHECK(counts.enter(a));
  CHECK(counts.enter(a));
  CHECK_FALSE(counts.enter(a));
  CHECK(counts.enter(b));
  CHECK(counts.enter(beside_b));
  CHECK_FALSE(counts.enter(b));
  CHECK(counts.refused() == 2);
  counts.leave(a);
  CHECK(counts.enter(a));
  CHECK_FALSE(counts.enter(a));
}

TEST_CASE("address counts: 0 is no bound") {
  address_counts counts{0};
  for (int i = 0; i < 1000; ++i)
    CHECK(counts.enter(address("203.0.113.1")));
}

} // namespace address_counts_test
