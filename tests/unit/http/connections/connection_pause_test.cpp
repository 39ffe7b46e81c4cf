// How the connection server refuses new connections for a while: the kernel refuses them, open connections
// continue, and afterwards everything is as before.
#include "http/connections/connection_server.hpp"

#include <list>

#include "tests/support/problem_in.hpp"
#include "tests/unit/http/running_server.hpp"

namespace connection_pause_test {

using namespace parseflow;
using namespace parseflow::test;

TEST_CASE("connection server: while it is paused connects are refused and open connections are served") {
  running_server running;
  const auto port = running.server.port();
  auto open = running.connect();
  CHECK(ask(open, post("before")).body == "before");
  for (int round = 0; round < 3; ++round) {
    running.server.pause_accepting();
    CHECK_THROWS(running.connect());
    CHECK(ask(open, post("paused")).body == "paused");
    CHECK(problem_in(running.server.resume_accepting()) == "");
    auto fresh = running.connect();
    CHECK(ask(fresh, post("after")).body == "after");
  }
  CHECK(running.server.port() == port);
}

TEST_CASE("connection server: who has connected before the pause is served") {
  running_server running;
  for (int round = 0; round < 50; ++round) {
    std::list<http_connection> conns;
    for (int i = 0; i < 20; ++i)
      conns.emplace_back(running.server.port());
    running.server.pause_accepting();
    CHECK_THROWS(running.connect());
    for (auto& conn : conns)
      CHECK(ask(conn, post("x")).body == "x");
    CHECK(problem_in(running.server.resume_accepting()) == "");
  }
}

TEST_CASE("connection server: places that become free while it is paused are given away after it") {
  http::connection_limits limits;
  limits.max_connections = 3;
  running_server running{limits, trusting_echo};
  std::list<http_connection> served;
  for (int i = 0; i < 3; ++i)
    CHECK(ask(served.emplace_back(running.server.port()), post("x")).body == "x");
  running.server.pause_accepting();
  served.pop_front();
  served.pop_front();
  CHECK(ask(served.front(), post("y")).body == "y");
  CHECK_THROWS(running.connect());
  CHECK(problem_in(running.server.resume_accepting()) == "");
  for (int i = 0; i < 2; ++i)
    CHECK(ask(served.emplace_back(running.server.port()), post("z")).body == "z");
  http_connection waiting{running.server.port()};
  REQUIRE(waiting.send(post("w")));
  CHECK_FALSE(waiting.receive(50ms));
  served.pop_front();
  CHECK(waiting.receive()->body == "w");
}

TEST_CASE("connection server: pausing and resuming twice, before the start or after the stop is no harm") {
  http::connection_server server{{}, answer_with(echo)};
  server.pause_accepting();
  CHECK(problem_in(server.resume_accepting()) == "");
  REQUIRE(problem_in(server.start("127.0.0.1", 0)) == "");
  CHECK(problem_in(server.resume_accepting()) == "");
  server.pause_accepting();
  server.pause_accepting();
  CHECK_THROWS(http_connection{server.port()});
  CHECK(problem_in(server.resume_accepting()) == "");
  CHECK(problem_in(server.resume_accepting()) == "");
  http_connection conn{server.port()};
  CHECK(ask(conn, post("x")).body == "x");
  server.stop();
  server.pause_accepting();
  CHECK(problem_in(server.resume_accepting()) == "");
  CHECK_THROWS(http_connection{server.port()});
}

TEST_CASE("connection server: stops while it is paused, and gives its port back") {
  running_server running;
  auto idle = running.connect();
  CHECK(ask(idle, post("x")).body == "x");
  running.server.pause_accepting();
  running.server.stop();
  CHECK(idle.is_closed(5s));
  http::connection_server next{{}, answer_with(echo)};
  CHECK(problem_in(next.start("127.0.0.1", running.server.port())) == "");
}

TEST_CASE("connection server: a place that another program took meanwhile is a sentence, until it is free") {
  running_server running;
  running.server.pause_accepting();
  {
    http::connection_server other{{}, answer_with(echo)};
    REQUIRE(problem_in(other.start("127.0.0.1", running.server.port())) == "");
    const auto refused = running.server.resume_accepting();
    CHECK(problem_in(refused).find("another program listens there") != std::string::npos);
    CHECK_FALSE(running.server.resume_accepting());
  }
  CHECK(problem_in(running.server.resume_accepting()) == "");
  auto conn = running.connect();
  CHECK(ask(conn, post("x")).body == "x");
}

TEST_CASE("connection server: a stop may come at any moment of pausing, resuming and connecting") {
  for (int round = 0; round < 20; ++round) {
    running_server running;
    std::atomic<bool> is_over = false;
    counter paused;
    std::thread pauser{[&] {
      while (!is_over) {
        running.server.pause_accepting();
        std::ignore = running.server.resume_accepting();
        paused.raise();
      }
    }};
    std::thread client{[&] {
      while (!is_over)
        try {
          auto conn = running.connect();
          if (conn.send(post("x")))
            conn.receive();
        } catch (const std::runtime_error&) { // refused
        }
    }};
    CHECK(paused.reaches(20));
    running.server.stop();
    is_over = true;
    pauser.join();
    client.join();
    CHECK_THROWS(running.connect());
  }
}

} // namespace connection_pause_test
