// A listening socket: its address is taken before any connection is accepted.
#include <doctest/doctest.h>

#include "http/connections/listen_socket.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/problem_in.hpp"

namespace listen_socket_test {

using namespace parseflow;
using namespace parseflow::http;

namespace {

bool lets_in(std::uint16_t port) {
  try {
    http_connection{port};
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

} // namespace

TEST_CASE("listen socket: a reserved place lets nobody in, and gives way to the socket that listens there") {
  const auto port = free_port();
  listen_socket place, other;
  REQUIRE(problem_in(place.reserve("127.0.0.1", port)) == "");
  CHECK_FALSE(lets_in(port));
  REQUIRE(problem_in(other.open("127.0.0.1", port)) == "");
  CHECK(lets_in(port));
}

TEST_CASE("listen socket: a place where somebody listens cannot be reserved, and the sentence says so") {
  listen_socket other, place;
  REQUIRE(problem_in(other.open("127.0.0.1", 0)) == "");
  const auto refused = place.reserve("127.0.0.1", other.port());
  CHECK(problem_in(refused).find("another program listens there") != std::string::npos);
  CHECK(problem_in(place.reserve("192.0.2.1", 0)).find("http.host") != std::string::npos);
}

} // namespace listen_socket_test
