// An address has one form, in whatever form it was written.
#include "messages/logplex/address_text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parseflow::logplex {
namespace {

std::string peer(std::string_view fwd) {
  address_scratch scratch;
  return std::string(peer_address(fwd, scratch));
}

TEST_CASE("address: the peer is the last entry of the list") {
  CHECK(peer("") == "");
  CHECK(peer("  ") == "");
  CHECK(peer("203.0.113.9") == "203.0.113.9");
  CHECK(peer("203.0.113.9,192.0.2.1") == "192.0.2.1");
  CHECK(peer("203.0.113.9, 192.0.2.1 ") == "192.0.2.1");
  CHECK(peer("unknown, 203.0.113.9") == "203.0.113.9");
  CHECK(peer("203.0.113.9,") == "");
}

TEST_CASE("address: a port is no part of it") {
  CHECK(peer("203.0.113.9:51000") == "203.0.113.9");
  CHECK(peer("unknown, 203.0.113.9:51000") == "203.0.113.9");
  CHECK(peer("[2001:db8::1]:443") == "2001:db8::1");
  CHECK(peer("[2001:db8::1]") == "2001:db8::1");
}

TEST_CASE("address: an IPv6 address has one spelling") {
  for (const std::string_view text :
       {"2001:db8::1", "2001:DB8::1", "2001:0db8:0:0:0:0:0:1", "2001:db8:0:0:0::1", "2001:db8::0.0.0.1"})
    CHECK(peer(text) == "2001:db8::1");
  CHECK(peer("::") == "::");
  CHECK(peer("::1") == "::1");
  CHECK(peer("1::") == "1::");
  CHECK(peer("0:0:1:0:0:0:2:0") == "0:0:1::2:0");
  CHECK(peer("1:2:3:4:5:6:7:8") == "1:2:3:4:5:6:7:8");
  CHECK(peer("1:0:3:4:5:6:7:8") == "1:0:3:4:5:6:7:8");
  CHECK(peer("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST_CASE("address: IPv4 within IPv6 is IPv4") {
  CHECK(peer("::ffff:203.0.113.9") == "203.0.113.9");
  CHECK(peer("::FFFF:cb00:7109") == "203.0.113.9");
}

TEST_CASE("address: what is none stays") {
  for (const std::string_view text :
       {"unknown", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::1", "::1.2.3", "::1.2.3.256",
        "1:::2", "g::1", "1:2:3:4:5:6:7::8", "::1.2.3.4.5", ":1:2", "1:2:", "fe80::1%eth0", "unknown:80",
        "[x]:80", "x :80", "[", "[::1"}) {
    CAPTURE(text);
    CHECK(peer(text) == text);
  }
}

} // namespace
} // namespace parseflow::logplex
