// New connections are refused from the first 503 for lack of room until there is room again, and after no
// other 503.
#include "http/admission.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include "http/connections/reply.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/unit/http/running_server.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace admission_test {

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

bool is_refused(const stub_service& service) {
  try {
    const http_connection conn{service.port()};
    return false;
  } catch (const std::runtime_error&) {
    return true;
  }
}

bool is_soon(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::yield();
  }
  return true;
}

bool opens_within_a_second(const stub_service& service) {
  return is_soon([&] { return !is_refused(service); }, 1s);
}

// Waits until the receiver was asked for its state after this call, and the answer has taken effect.
bool is_asked(const stub_service& service) {
  const int before = service.script->status_questions;
  return is_soon([&] { return service.script->status_questions >= before + 3; }, 10s);
}

int status_of(http_connection& conn, const std::string& path) {
  REQUIRE(conn.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto answer = conn.receive();
  REQUIRE(answer);
  return answer->status;
}

} // namespace

TEST_CASE("admission: a receiver without room closes it, and one with room opens it") {
  stub_service service;
  http_connection open{service.port()};
  CHECK(status_of(open, "/readyz") == 200);
  service.script->receiver = receiver_does::refuse;
  service.script->journal_is_full = true;
  CHECK(service.post("x").status == 503);
  CHECK(is_refused(service));
  REQUIRE(is_asked(service));
  CHECK(is_refused(service));
  CHECK(status_of(open, "/healthz") == 200);
  CHECK(status_of(open, "/metrics") == 200);
  CHECK(status_of(open, "/readyz") == 503);

  service.script->receiver = receiver_does::store;
  service.script->journal_is_full = false;
  CHECK(opens_within_a_second(service));
  CHECK(service.post("x").status == 204);
  CHECK(status_of(open, "/readyz") == 200);
}

TEST_CASE("admission: opens and closes again and again") {
  stub_service service;
  for (int round = 0; round < 3; ++round) {
    service.script->receiver = receiver_does::refuse;
    service.script->journal_is_full = true;
    CHECK(service.post("x").status == 503);
    CHECK(is_refused(service));
    service.script->receiver = receiver_does::store;
    service.script->journal_is_full = false;
    CHECK(opens_within_a_second(service));
    CHECK(service.post("x").status == 204);
  }
}

TEST_CASE("admission: a verdict that does not come closes it, until the receiver answers") {
  settings values;
  values.receiver.hold = 50ms;
  stub_service service{values};
  service.script->receiver = receiver_does::keep_silent;
  service.script->receiver_hangs = true;
  CHECK(service.post("x").status == 503);
  CHECK(is_refused(service));
  REQUIRE(is_asked(service));
  CHECK(is_refused(service));
  service.script->receiver_hangs = false;
  CHECK(opens_within_a_second(service));
}

TEST_CASE("admission: bodies beyond the budget do not close it") {
  settings values;
  values.http.max_pending_body_bytes = 1000;
  values.receiver.hold = 50ms;
  stub_service service{values};
  http_connection slow{service.port()};
  REQUIRE(slow.send("POST /logdrains HTTP/1.1\r\nHost: localhost\r\nContent-Length: 800\r\n\r\nhalf a body"));
  // Wait until the slow request has its share.
  REQUIRE(is_soon([&] { return service.post(std::string(300, 'x')).status == 503; }, 10s));
  CHECK_FALSE(is_refused(service));
  CHECK(service.post("small").status == 204);
}

TEST_CASE("admission: a service that stops does not close it") {
  stub_service service;
  service.script->receiver = receiver_does::stop;
  CHECK(service.post("x").status == 503);
  CHECK_FALSE(is_refused(service));
}

TEST_CASE("admission: opens when another program gives the port back") {
  stub_service service;
  service.script->receiver = receiver_does::refuse;
  service.script->journal_is_full = true;
  CHECK(service.post("x").status == 503);
  {
    http::connection_server other{
        {}, answer_with([](http::exchange& current) { current.response.status = 204; })};
    REQUIRE(problem_in(other.start("127.0.0.1", service.port())) == "");
    service.script->receiver = receiver_does::store;
    service.script->journal_is_full = false;
    REQUIRE(is_asked(service)); // it has tried without success
    CHECK(service.get("/healthz").status == 204);
  }
  CHECK(opens_within_a_second(service));
  CHECK(service.get("/healthz").status == 200);
}

TEST_CASE("admission: the server stops at once while it is closed") {
  stub_service service;
  service.script->receiver = receiver_does::refuse;
  service.script->receiver_hangs = true;
  CHECK(service.post("x").status == 503);
  REQUIRE(is_asked(service));
  const auto start = std::chrono::steady_clock::now();
  service.server().stop();
  CHECK(std::chrono::steady_clock::now() - start < 900ms);
  CHECK(is_refused(service));
}

} // namespace admission_test
