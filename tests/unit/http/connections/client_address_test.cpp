// The client behind a proxy: only a trusted proxy's word counts, and only as far as it knows.
#include "http/connections/client_address.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace client_address_test {

using namespace parseflow;
using namespace parseflow::http;

namespace {

// The client of a request with these X-Forwarded-For headers.
std::string client(const std::vector<std::string>& forwarded, std::string_view peer = "10.0.0.1") {
  static const trusted_proxies proxies{{"10.0.0.0/8", "2001:db8:ff::/48"}};
  request_head head;
  for (const auto& value : forwarded)
    head.headers.push_back({"x-forwarded-for", value});
  return proxies.client_of(head, *ip_address::from(peer)).text();
}

} // namespace

TEST_CASE("client address: a stranger's word does not count") {
  CHECK(client({"203.0.113.7"}, "198.51.100.1") == "198.51.100.1");
  CHECK(client({}, "198.51.100.1") == "198.51.100.1");
}

TEST_CASE("client address: it is the rightmost that is no trusted proxy") {
  CHECK(client({"203.0.113.7"}) == "203.0.113.7");
  CHECK(client({"192.0.2.66, 203.0.113.7"}) == "203.0.113.7"); // the client invented the first
  CHECK(client({"192.0.2.66, 203.0.113.7,10.2.3.4 , 10.9.9.9"}) == "203.0.113.7");
  CHECK(client({"192.0.2.66", "203.0.113.7, 10.2.3.4", "10.9.9.9"}) == "203.0.113.7");
  CHECK(client({"2001:db8::7, 2001:db8:ff::1"}) == "2001:db8::7");
  CHECK(client({"203.0.113.7"}, "2001:db8:ff::2") == "203.0.113.7");
}

TEST_CASE("client address: ports are left out") {
  CHECK(client({"203.0.113.7:5678"}) == "203.0.113.7");
  CHECK(client({"[2001:db8::7]:5678"}) == "2001:db8::7");
  CHECK(client({"[2001:db8::7]"}) == "2001:db8::7");
}

TEST_CASE("client address: without a usable entry it is the last proxy that is known") {
  CHECK(client({}) == "10.0.0.1");
  CHECK(client({""}) == "10.0.0.1");
  CHECK(client({"unknown"}) == "10.0.0.1");
  CHECK(client({"203.0.113.7, unknown, 10.9.9.9"}) == "10.9.9.9");
  CHECK(client({"203.0.113.7,"}) == "10.0.0.1");
  CHECK(client({"[2001:db8::7"}) == "10.0.0.1");
  CHECK(client({"10.2.3.4, 10.9.9.9"}) == "10.2.3.4"); // a proxy's own request
}

} // namespace client_address_test
