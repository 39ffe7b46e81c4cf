// Connections by address: whose network an address is in, and how many connections that may have.
#include "http/connections/address_counts.hpp"

#include <string>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

namespace address_counts_test {

using namespace parseflow::http;

namespace {

sockaddr_storage address(const std::string& text) {
  sockaddr_storage result{};
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(result);
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(result);
  if (inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr) == 1) {
    result.ss_family = AF_INET;
  } else {
    REQUIRE(inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr) == 1);
    result.ss_family = AF_INET6;
  }
  return result;
}

client_network network(const std::string& text) {
  return network_of(address(text));
}

} // namespace

TEST_CASE("address counts: an IPv4 address is a network, as are 64 bits of an IPv6 address") {
  CHECK(network("203.0.113.1") == network("203.0.113.1"));
  CHECK(network("203.0.113.1") != network("203.0.113.2"));
  CHECK(network("::ffff:203.0.113.1") == network("203.0.113.1"));
  CHECK(network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9"));
  CHECK(network("2001:db8:1:2::1") != network("2001:db8:1:3::1"));
  CHECK(network("cb00:7101::1") != network("203.0.113.1")); // the same bytes
}

TEST_CASE("address counts: this machine's own addresses") {
  for (const auto* text : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"})
    CHECK_MESSAGE(is_loopback(address(text)), text);
  for (const auto* text : {"203.0.113.1", "2001:db8::1", "::ffff:203.0.113.1", "7f00::1"})
    CHECK_MESSAGE(!is_loopback(address(text)), text);
}

TEST_CASE("address counts: each network has its own bound, and places come back") {
  address_counts counts{2};
  const auto a = network("203.0.113.1"), b = network("2001:db8::1");
  CHECK(counts.enter(a));
  CHECK(counts.enter(a));
  CHECK_FALSE(counts.enter(a));
  CHECK(counts.enter(b));
  counts.leave(a);
  CHECK(counts.enter(a));
  CHECK_FALSE(counts.enter(a));
}

TEST_CASE("address counts: 0 is no bound") {
  address_counts counts{0};
  for (int i = 0; i < 1000; ++i)
    CHECK(counts.enter(network("203.0.113.1")));
}

} // namespace address_counts_test
