// Addresses and networks: how they are read, what belongs together.
#include "messages/ip_address.hpp"

#include <doctest/doctest.h>

namespace ip_address_test {

using namespace parseflow;

namespace {

ip_address address(std::string_view text) {
  const auto read = ip_address::from(text);
  REQUIRE_MESSAGE(read, std::string{text});
  return *read;
}

bool contains(std::string_view network, std::string_view text) {
  const auto read = ip_network::from(network);
  REQUIRE_MESSAGE(read, std::string{network});
  return read->contains(address(text));
}

} // namespace

TEST_CASE("ip address: it is read and written") {
  for (const std::string text : {"203.0.113.1", "0.0.0.0", "2001:db8::1", "::", "::1"})
    CHECK(address(text).text() == text);
  CHECK(address("::ffff:203.0.113.1").text() == "203.0.113.1");
  CHECK(address("2001:DB8:0:0::1").text() == "2001:db8::1");
  for (const std::string_view text :
       {"", "a", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4 ", " ::1", "[::1]", "::1%lo", "fe80::1::2"})
    CHECK_MESSAGE(!ip_address::from(text), std::string{text});
  CHECK_FALSE(ip_address::from(std::string_view{"1.2.3.4\0x", 9}));
}

TEST_CASE("ip address: one client may own an IPv4 address, or 64 bits of IPv6") {
  const auto network = [](std::string_view text) { return address(text).client_network(); };
  CHECK(network("203.0.113.1") != network("203.0.113.2"));
  CHECK(network("::ffff:203.0.113.1") == network("203.0.113.1"));
  CHECK(network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9"));
  CHECK(network("2001:db8:1:2::1") != network("2001:db8:1:3::1"));
  CHECK(network("cb00:7101::1") != network("203.0.113.1")); // the same bytes
}

TEST_CASE("ip address: this machine's own addresses") {
  for (const auto* text : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"})
    CHECK_MESSAGE(address(text).is_loopback(), text);
  for (const auto* text : {"203.0.113.1", "2001:db8::1", "::ffff:203.0.113.1", "7f00::1", "::", "::2"})
    CHECK_MESSAGE(!address(text).is_loopback(), text);
}

TEST_CASE("ip network: it holds the addresses that share its bits") {
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  CHECK(contains("192.168.4.0/22", "192.168.7.255"));
  CHECK_FALSE(contains("192.168.4.0/22", "192.168.8.0"));
  CHECK(contains("203.0.113.7", "203.0.113.7"));
  CHECK_FALSE(contains("203.0.113.7", "203.0.113.6"));
  CHECK(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  CHECK(contains("0.0.0.0/0", "203.0.113.7"));
  CHECK_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  CHECK(contains("::/0", "2001:db8::1"));
  CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(contains("::1", "::1"));
}

TEST_CASE("ip network: other texts are none") {
  for (const auto* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "::1/129", "2001:db8::1/64",
                           "10.0.0.0/-1", "10.0.0.0/8/8", "proxy"})
    CHECK_MESSAGE(!ip_network::from(text), text);
}

} // namespace ip_address_test
