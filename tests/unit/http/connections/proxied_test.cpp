// Clients behind a proxy, and senders that trickle: over real sockets.
#include "http/connections/connection_server.hpp"

#include "tests/unit/http/running_server.hpp"

namespace proxied_test {

using namespace parseflow;
using namespace parseflow::test;
using http::connection_limits;

namespace {

void answer_client(http::exchange& current) {
  current.response.status = 200;
  current.response.set_content(current.client.text(), "text/plain");
}

connection_limits behind_proxy(bool has_proxy_header) {
  connection_limits limits;
  limits.proxies = http::trusted_proxies{{"127.0.0.1"}};
  limits.has_proxy_header = has_proxy_header;
  return limits;
}

} // namespace

TEST_CASE("proxied: X-Forwarded-For names the client of each request") {
  running_server running{behind_proxy(false), answer_client};
  auto conn = running.connect();
  CHECK(ask(conn, post("", "X-Forwarded-For: 203.0.113.7\r\n")).body == "203.0.113.7");
  CHECK(ask(conn, post("", "X-Forwarded-For: 192.0.2.1, 203.0.113.8\r\n")).body == "203.0.113.8");
  CHECK(ask(conn, post("")).body == "127.0.0.1");
  running_server open{{}, answer_client};
  auto stranger = open.connect();
  CHECK(ask(stranger, post("", "X-Forwarded-For: 203.0.113.7\r\n")).body == "127.0.0.1");
}

TEST_CASE("proxied: a handler knows whether the peer itself is a trusted proxy") {
  const auto answer_peer = [](http::exchange& current) {
    current.response.status = 200;
    current.response.set_content(current.is_from_proxy() ? "proxy" : "client", "text/plain");
  };
  running_server running{behind_proxy(false), answer_peer};
  auto conn = running.connect();
  CHECK(ask(conn, post("", "X-Forwarded-For: 203.0.113.7\r\n")).body == "proxy");
  running_server passed_on{behind_proxy(true), answer_peer};
  auto client = passed_on.connect();
  CHECK(ask(client, "PROXY TCP4 203.0.113.7 203.0.113.8 49152 443\r\n" + post("")).body == "client");
  running_server open{{}, answer_peer};
  auto stranger = open.connect();
  CHECK(ask(stranger, post("", "X-Forwarded-For: 127.0.0.1\r\n")).body == "client");
}

TEST_CASE("proxied: a PROXY header names the client of a connection, however it is cut") {
  running_server running{behind_proxy(true), answer_client};
  const std::string header = "PROXY TCP4 203.0.113.7 203.0.113.8 49152 443\r\n";
  for (std::size_t cut = 1; cut <= header.size(); cut += 7) {
    auto conn = running.connect();
    REQUIRE(conn.send(header.substr(0, cut)));
    CHECK_FALSE(conn.receive(1ms));
    CHECK(ask(conn, header.substr(cut) + post("")).body == "203.0.113.7");
    CHECK(ask(conn, post("")).body == "203.0.113.7");
  }
  auto own = running.connect();
  CHECK(ask(own, "PROXY UNKNOWN\r\n" + post("")).body == "127.0.0.1");
}

TEST_CASE("proxied: without its PROXY header a proxy's connection is closed") {
  running_server running{behind_proxy(true), answer_client};
  auto conn = running.connect();
  REQUIRE(conn.send(post("")));
  CHECK(conn.is_closed(5s));
}

TEST_CASE("proxied: a stranger's PROXY header is no request") {
  running_server running{{}, answer_client};
  auto conn = running.connect();
  CHECK(ask(conn, "PROXY TCP4 203.0.113.7 203.0.113.8 49152 443\r\n" + post("")).status == 400);
}

TEST_CASE("proxied: clients that a PROXY header names are bounded by their address") {
  auto limits = behind_proxy(true);
  limits.max_strangers_per_address = 2;
  running_server running{limits, answer_client};
  const auto greet = [](const std::string& client) {
    return "PROXY TCP4 " + client + " 203.0.113.8 1 443\r\n" + post("");
  };
  auto first = running.connect(), second = running.connect(), third = running.connect(),
       other = running.connect();
  CHECK(ask(first, greet("203.0.113.7")).status == 200);
  CHECK(ask(second, greet("203.0.113.7")).status == 200);
  REQUIRE(third.send(greet("203.0.113.7")));
  CHECK(third.is_closed(5s));
  CHECK(ask(other, greet("203.0.113.9")).status == 200);
  CHECK(running.server.connections().refused_by_address == 1);
}

TEST_CASE("proxied: a body that trickles ends long before the request must have arrived") {
  connection_limits limits;
  limits.read_timeout = 10min;
  limits.rate_interval = 50ms;
  running_server running{limits};
  auto conn = running.connect();
  REQUIRE(conn.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx"));
  const auto answer = conn.receive(30s);
  REQUIRE(answer);
  CHECK(answer->status == 408);
}

} // namespace proxied_test
