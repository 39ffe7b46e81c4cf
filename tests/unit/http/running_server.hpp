// A connection server for a test, with what its handler received, and conditions to wait for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "http/connections/connection_server.hpp"
#include "http/connections/reply.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/problem_in.hpp"

namespace parseflow::test {

using namespace std::chrono_literals;

/// A number that one thread increases while another one waits for it.
class counter {
public:
  void raise() {
    {
      const std::lock_guard guard{mutex_};
      ++value_;
    }
    changed_.notify_all();
  }
  /// False if the number is still below `value` after ten seconds.
  bool reaches(int value) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 10s, [&] { return value_ >= value; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int value_ = 0;
};

/// Answers 200 with the body of the request.
inline void echo(http::exchange& current) {
  current.response.status = 200;
  current.response.set_content(current.request.body, "text/plain");
}

/// Like `echo`, for a client with good credentials.
inline void trusting_echo(http::exchange& current) {
  current.trust();
  echo(current);
}

/// Handlers that give every request to `answer`, with its whole body.
inline http::request_handlers answer_with(http::request_handler answer,
                                          std::uint64_t max_body_bytes = 100'000'000) {
  http::request_handlers handlers;
  handlers.plan = [max_body_bytes](const http::request_head&) {
    return http::request_plan{http::request_plan::way::pool, max_body_bytes};
  };
  handlers.answer = std::move(answer);
  return handlers;
}

/// Listens on a port that the system chooses.
struct running_server {
  explicit running_server(http::connection_limits limits = {}, http::request_handler answer = echo)
      : running_server(limits, answer_with(std::move(answer))) {}
  running_server(http::connection_limits limits, http::request_handlers handlers)
      : server(limits, std::move(handlers)) {
    REQUIRE(problem_in(server.start("127.0.0.1", 0)) == "");
  }

  http_connection connect() { return http_connection{server.port()}; }

  http::connection_server server;
};

/// A request with a body and, if given, further header lines.
inline std::string post(std::string_view body, std::string_view headers = {}) {
  return "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string{headers} + "\r\n" + std::string{body};
}

/// Sends `request` and returns the answer. Fails the test if there is none.
inline http_answer ask(http_connection& conn, std::string_view request) {
  REQUIRE(conn.send(request));
  auto answer = conn.receive();
  REQUIRE(answer);
  return *answer;
}

} // namespace parseflow::test
