// How the connection server stops: it closes idle connections at once, and lets running requests get
// their answers.
#include "http/connections/connection_server.hpp"

#include <future>
#include <list>

#include "tests/support/problem_in.hpp"
#include "tests/unit/http/running_server.hpp"

namespace connection_stop_test {

using namespace parseflow;
using namespace parseflow::test;

namespace {

// Measures how long `stop` takes.
std::chrono::milliseconds stop_time(http::connection_server& server) {
  const auto start = std::chrono::steady_clock::now();
  server.stop();
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

} // namespace

TEST_CASE("connection server: stops at once while clients are idle, and closes them") {
  running_server running;
  std::list<http_connection> conns;
  for (int i = 0; i < 50; ++i)
    CHECK(ask(conns.emplace_back(running.server.port()), post("x")).body == "x");
  auto silent = running.connect();
  CHECK(stop_time(running.server) < 900ms);
  for (auto& conn : conns)
    CHECK(conn.is_closed(5s));
  CHECK(silent.is_closed(5s));
  CHECK_THROWS(running.connect());
}

TEST_CASE("connection server: running requests get their answers before it has stopped") {
  counter entered;
  std::promise<void> go;
  const auto gone = go.get_future().share();
  http::connection_limits limits;
  limits.pool_threads = 10;
  running_server running{limits, [&](http::exchange& current) {
                           entered.raise();
                           gone.wait();
                           echo(current);
                         }};
  std::list<http_connection> conns;
  for (int i = 0; i < 10; ++i)
    REQUIRE(conns.emplace_back(running.server.port()).send(post(std::to_string(i))));
  REQUIRE(entered.reaches(10));
  auto stopped = std::async(std::launch::async, [&] { running.server.stop(); });
  // Longer than the first stage of a stop. These bodies have arrived, so the stop interrupts none of them.
  CHECK(stopped.wait_for(1500ms) == std::future_status::timeout);
  go.set_value();
  int number = 0;
  for (auto& conn : conns) {
    const auto answer = conn.receive();
    REQUIRE(answer);
    CHECK(answer->body == std::to_string(number++));
    CHECK(conn.is_closed(5s));
  }
  CHECK(stopped.wait_for(5s) == std::future_status::ready);
}

TEST_CASE(
    "connection server: a request that arrives while it stops is answered as the last one, or not at all") {
  for (int round = 0; round < 20; ++round) {
    running_server running;
    std::list<http_connection> conns;
    for (int i = 0; i < 20; ++i)
      CHECK(ask(conns.emplace_back(running.server.port()), post("x")).body == "x");
    for (auto& conn : conns)
      REQUIRE(conn.send(post("last")));
    CHECK(stop_time(running.server) < 900ms);
    for (auto& conn : conns) {
      const auto answer = conn.receive();
      REQUIRE(answer); // all bodies had arrived
      CHECK(answer->body == "last");
      CHECK(conn.is_closed(5s));
    }
  }
}

TEST_CASE("connection server: half a request delays the stop by about a second") {
  running_server running;
  auto body = running.connect(), head = running.connect();
  REQUIRE(head.send("POST /x HTTP/1.1\r\nHost: a\r\nCont"));
  REQUIRE(body.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"));
  auto later = running.connect();
  CHECK(ask(later, post("x")).body == "x"); // so the others were accepted before
  const auto time = stop_time(running.server);
  CHECK(time >= 900ms);
  CHECK(time < 3s);
  CHECK(body.receive()->status == 400);
  CHECK(head.is_closed(5s));
}

TEST_CASE("connection server: stopping twice, or before the start, is no harm") {
  running_server running;
  running.server.stop();
  running.server.stop();
  http::connection_server never{{}, answer_with(echo)};
  never.stop();
}

TEST_CASE("connection server: the port is free again after the stop") {
  std::uint16_t port = 0;
  {
    running_server running;
    port = running.server.port();
    auto conn = running.connect();
    CHECK(ask(conn, post("x")).body == "x");
  }
  http::connection_server next{{}, answer_with(echo)};
  CHECK(problem_in(next.start("127.0.0.1", port)) == "");
  http_connection conn{port};
  CHECK(ask(conn, post("y")).body == "y");
}

} // namespace connection_stop_test
