// POST /logdrains: every answer, and what the receiver gets.
#include <future>
#include <list>
#include <utility>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/eventually.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace drain_test {

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

settings with_drains() {
  settings values;
  values.http.drains = {{"shop", "u1", secret{"p1"}}, {"blog", "u2", secret{"p2"}}};
  return values;
}

constexpr const char* shop = "Authorization: Basic dTE6cDE=\r\n"; // u1:p1
constexpr const char* blog = "Authorization: Basic dTI6cDI=\r\n"; // u2:p2

void check_error(const http_answer& answer, int status, const std::string& code) {
  CHECK(answer.status == status);
  const auto error = nlohmann::json::parse(answer.body);
  CHECK(error["error"] == code);
  CHECK(error["message"].get<std::string>().size() > 10);
  CHECK(answer.header("Content-Type") == "application/json");
}

} // namespace

TEST_CASE("drain endpoint: a stored body is 204 without content and with its length") {
  stub_service service;
  const auto answer = service.post("83 <40>1 lines", "Logplex-Msg-Count: 1\r\n");
  CHECK(answer.head == "HTTP/1.1 204 No Content");
}

TEST_CASE("drain endpoint: the frame holds the body and what the headers say") {
  stub_service service;
  const auto before = std::chrono::system_clock::now() - 1s;
  CHECK(service
            .post(std::string("a\0b", 3),
                  "Content-Type: application/logplex-1\r\nLogplex-Msg-Count: 3\r\nLogplex-Frame-Id: F1\r\n"
                  "Logplex-Drain-Token: d.77\r\nUser-Agent: Logplex/v72\r\n",
                  "/logdrains?app=my%20app&env=prod")
            .status == 204);
  const auto taken = service.script->last_frame();
  CHECK(taken.key == frame_key{"d.77", "F1"});
  CHECK(taken.app == "my app");
  CHECK(taken.announced_lines == 3);
  CHECK(taken.mode == structured_data::absent);
  CHECK(taken.body == std::string("a\0b", 3));
  CHECK(taken.received_at > before);
}

TEST_CASE("drain endpoint: log-shuttle's form is recognised") {
  stub_service service;
  CHECK(service.post("x", "User-Agent: log-shuttle/0.19\r\nX-Request-Id: R1\r\nLogplex-Msg-Count: 1\r\n")
            .status == 204);
  CHECK(service.script->last_frame().mode == structured_data::present);
  CHECK(service.script->last_frame().key.drain == "default");
  CHECK(service.script->last_frame().key.id.starts_with("R1-"));
}

TEST_CASE("drain endpoint: what the CLI printed in colours arrives without them, other bodies as they are") {
  stub_service service;
  CHECK(service.post("\x1b[36m2026-03-02T14:07:31Z app[web.1]:\x1b[39m hello").status == 204);
  CHECK(service.script->last_frame().body == "2026-03-02T14:07:31Z app[web.1]: hello");
  const std::string counted = "60 <190>1 2026-03-02T14:07:31Z host app web.1 - \x1b[31mred\x1b[0m\n";
  CHECK(service.post(counted).status == 204);
  CHECK(service.script->last_frame().body == counted);
}

TEST_CASE("drain endpoint: a duplicate is 204 as well") {
  stub_service service;
  service.script->receiver = receiver_does::find_duplicate;
  CHECK(service.post("x").status == 204);
}

TEST_CASE("drain endpoint: no room is 503 with Retry-After") {
  stub_service service;
  service.script->receiver = receiver_does::refuse;
  const auto answer = service.post("x");
  check_error(answer, 503, "overloaded");
  CHECK(answer.header("Retry-After") == "1");
}

TEST_CASE("drain endpoint: a stopping pipeline is 503") {
  stub_service service;
  service.script->receiver = receiver_does::stop;
  check_error(service.post("x"), 503, "overloaded");
}

TEST_CASE("drain endpoint: a receiver that never answers is 503 when the hold is over") {
  settings values;
  values.receiver.hold = 200ms;
  stub_service service{values};
  service.script->receiver = receiver_does::keep_silent;
  const auto start = std::chrono::steady_clock::now();
  const auto answer = service.post("x");
  const auto time = std::chrono::steady_clock::now() - start;
  check_error(answer, 503, "overloaded");
  CHECK(time >= 400ms);
  CHECK(time < 3s);
}

TEST_CASE("drain endpoint: registered credentials name the app") {
  stub_service service{with_drains()};
  CHECK(service.post("x", shop).status == 204);
  CHECK(service.script->last_frame().app == "shop");
  CHECK(service.script->last_frame().key.drain == "shop");
  CHECK(service.post("x", blog, "/logdrains?app=other").status == 204);
  CHECK(service.script->last_frame().app == "blog");
}

TEST_CASE("drain endpoint: missing and wrong credentials are 401, and the connection stays in step") {
  stub_service service{with_drains()};
  http_connection conn{service.port()};
  for (const auto* header : {"", "Authorization: Basic dTE6cDI=\r\n", "Authorization: Basic ????\r\n",
                             "Authorization: Bearer p1\r\n", "Authorization: Basic dTE=\r\n"}) {
    REQUIRE(conn.send(drain_request(std::string(100'000, 'x'), 1, "F", header)));
    const auto answer = conn.receive();
    REQUIRE(answer);
    check_error(*answer, 401, "unauthorized");
    CHECK(answer->header("WWW-Authenticate").starts_with("Basic "));
  }
  REQUIRE(conn.send(drain_request("good", 1, "F", shop)));
  CHECK(conn.receive()->status == 204);
  CHECK(service.script->frames().size() == 1);
}

TEST_CASE("drain endpoint: any other method is 405 with Allow") {
  stub_service service;
  for (const auto* method : {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    const auto answer = service.get("/logdrains", "Content-Length: 0\r\n", method);
    check_error(answer, 405, "method_not_allowed");
    CHECK(answer.header("Allow") == "POST");
  }
}

TEST_CASE("drain endpoint: a body without a length and without chunks is 411, and ends the connection") {
  stub_service service;
  http_connection conn{service.port()};
  REQUIRE(conn.send("POST /logdrains HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto answer = conn.receive();
  REQUIRE(answer);
  check_error(*answer, 411, "length_required");
  CHECK(answer->header("Connection") == "close");
  CHECK(conn.is_closed(5s));
  CHECK(service.script->frames().empty());
}

TEST_CASE("drain endpoint: a length that is none is 400, and ends the connection") {
  stub_service service;
  for (const auto* lengths :
       {"Content-Length: abc\r\n", "Content-Length: -1\r\n", "Content-Length: 5x\r\n", "Content-Length:\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: +5\r\n", "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: identity\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
    http_connection conn{service.port()};
    REQUIRE(
        conn.send(std::string("POST /logdrains HTTP/1.1\r\nHost: localhost\r\n") + lengths + "\r\nhello"));
    const auto answer = conn.receive();
    REQUIRE(answer);
    CHECK_MESSAGE((answer->status == 400 || answer->status == 411), lengths);
    CHECK(conn.is_closed(5s));
  }
  CHECK(service.script->frames().empty());
}

TEST_CASE("drain endpoint: the limit is accepted, a byte more is 413, and the connection stays in step") {
  settings values;
  values.http.max_body_bytes = 1000;
  stub_service service{values};
  http_connection conn{service.port()};
  REQUIRE(conn.send(drain_request(std::string(1000, 'x'), 1, "F")));
  CHECK(conn.receive()->status == 204);
  REQUIRE(conn.send(drain_request(std::string(1001, 'x'), 1, "F")));
  check_error(*conn.receive(), 413, "body_too_large");
  REQUIRE(conn.send(drain_request("y", 1, "F")));
  CHECK(conn.receive()->status == 204);
}

TEST_CASE("drain endpoint: a body far too large is 413, whatever the client still sends") {
  settings values;
  values.http.max_body_bytes = 1000;
  stub_service service{values};
  http_connection conn{service.port()};
  REQUIRE(
      conn.send("POST /logdrains HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999999\r\n\r\nxxxx"));
  const auto answer = conn.receive();
  REQUIRE(answer);
  check_error(*answer, 413, "body_too_large");
  CHECK(conn.is_closed(5s));
}

TEST_CASE("drain endpoint: types that hold no lines, and codings that are not undone, are 415") {
  stub_service service;
  for (const auto* type : {"application/json", "multipart/form-data; boundary=x", "text/html"})
    check_error(service.post("x", std::string("Content-Type: ") + type + "\r\n"), 415, "unsupported_type");
  for (const auto* coding : {"br", "deflate", "zstd", "gzip, gzip"})
    check_error(service.post("x", std::string("Content-Encoding: ") + coding + "\r\n"), 415,
                "unsupported_coding");
  for (const auto* type : {"text/plain", "application/octet-stream", "application/x-www-form-urlencoded"})
    CHECK(service.post("x", std::string("Content-Type: ") + type + "\r\n").status == 204);
  CHECK(service.script->frames().size() == 3);
}

TEST_CASE("drain endpoint: a form body larger than httplib's bound for forms arrives whole") {
  stub_service service;
  const std::string body(100'000, '%');
  CHECK(service.post(body, "Content-Type: application/x-www-form-urlencoded\r\n").status == 204);
  CHECK(service.script->last_frame().body == body);
}

TEST_CASE("drain endpoint: an empty body is 204 from Logplex and 400 from anyone else") {
  stub_service service;
  CHECK(service.post("", "Logplex-Msg-Count: 0\r\nLogplex-Frame-Id: F\r\n").status == 204);
  CHECK(service.script->frames().empty());
  check_error(service.post(""), 400, "no_drain_request");
  // Announced lines that did not arrive are damage, which is kept and counted.
  CHECK(service.post("", "Logplex-Msg-Count: 3\r\nLogplex-Frame-Id: F\r\n").status == 204);
  CHECK(service.script->frames().size() == 1);
}

TEST_CASE(
    "drain endpoint: ids and tokens out of bounds cost no batch, an app in the URL that is no name is 400") {
  stub_service service;
  const std::string long_id(201, 'x');
  CHECK(service.post("x", "Logplex-Frame-Id: " + long_id + "\r\n").status == 204);
  CHECK(service.post("x", "Logplex-Drain-Token: " + long_id + "\r\n").status == 204);
  CHECK(service.post("x", "Logplex-Frame-Id: a%00b\r\n").status == 204);
  CHECK(service.post("x", "X-Request-Id: a b\r\n").status == 204);
  CHECK(service.script->frames().size() == 4);
  check_error(service.post("x", "", "/logdrains?app=" + long_id), 400, "bad_header");
}

TEST_CASE("drain endpoint: with a request id only, another body is another batch, and the same is the same") {
  stub_service service;
  const auto key_of = [&](std::string_view body) {
    REQUIRE(service.post(body, "X-Request-Id: constant\r\n").status == 204);
    return service.script->last_frame().key;
  };
  CHECK(key_of("one") == key_of("one"));
  CHECK(key_of("one") != key_of("two"));
  REQUIRE(service.post("one", "Logplex-Frame-Id: constant\r\n").status == 204);
  CHECK(service.script->last_frame().key.id == "constant");
}

TEST_CASE("drain endpoint: the path may end in a slash, and the target may be absolute") {
  stub_service service;
  CHECK(service.post("x", "", "/logdrains/").status == 204);
  CHECK(service.post("x", "", "/logdrains/?app=shop").status == 204);
  CHECK(service.script->last_frame().app == "shop");
  CHECK(service.post("x", "", "http://localhost:5000/logdrains?app=blog").status == 204);
  CHECK(service.script->last_frame().app == "blog");
  CHECK(service.get("HTTP://localhost").status == 302);
}

TEST_CASE("drain endpoint: a body cut off is 400, and one that drips in is 408") {
  settings values;
  values.http.read_timeout = 1s;
  stub_service service{values};
  http_connection cut{service.port()}, slow{service.port()};
  const std::string head = "POST /logdrains HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc";
  REQUIRE(slow.send(head));
  REQUIRE(cut.send(head));
  cut.end_sending();
  const auto answer = cut.receive();
  check_error(*answer, 400, "body_cut_off");
  CHECK(answer->body.find("after 3 of 10 bytes") != std::string::npos);
  check_error(*slow.receive(), 408, "request_timeout");
  CHECK(slow.is_closed(5s));
  CHECK(service.script->frames().empty());
}

TEST_CASE("drain endpoint: any bytes are a body") {
  stub_service service;
  std::string garbage;
  for (int i = 0; i < 70'000; ++i)
    garbage += static_cast<char>(i * 31 % 256);
  CHECK(service.post(garbage, "Logplex-Msg-Count: 9\r\n").status == 204);
  CHECK(service.script->last_frame().body == garbage);
}

TEST_CASE("drain endpoint: verdicts for more requests than a round has time for answer them all") {
  stub_service service;
  service.script->receiver = receiver_does::keep_silent;
  constexpr std::size_t count = 500;
  std::list<http_connection> senders;
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(senders.emplace_back(service.port()).send(drain_request("x", 1, std::to_string(i))));
  std::vector<submission> parked;
  REQUIRE(eventually([&] {
    const std::lock_guard guard{service.script->mutex};
    if (service.script->silent.size() == count)
      parked = std::exchange(service.script->silent, {});
    return !parked.empty();
  }));
  settled_verdicts settled;
  for (const auto& one : parked)
    settled.give(one.answer, verdict::stored);
  struct {
    void send(const verdict_sink_actor& sink, verdicts&& given) { caf::anon_send(sink, std::move(given)); }
  } sender;
  settled.send_from(&sender);
  for (auto& one : senders) {
    const auto answer = one.receive();
    REQUIRE(answer);
    CHECK(answer->status == 204);
  }
}

TEST_CASE("drain endpoint: bodies beyond the budget wait, and are 503 when the hold is over") {
  settings values;
  values.http.max_pending_body_bytes = 1000;
  values.http.max_body_bytes = 1000;
  values.receiver.hold = 700ms;
  stub_service service{values};
  http_connection open{service.port()}; // new ones are refused after the verdict fails to come
  service.script->receiver = receiver_does::keep_silent;
  auto first = std::async(std::launch::async, [&] { return service.post(std::string(800, 'x')); });
  while (service.script->frames().empty())
    std::this_thread::yield();
  check_error(service.post(std::string(300, 'y')), 503, "overloaded");
  CHECK(service.script->frames().size() == 1);
  CHECK(first.get().status == 503);
  service.script->receiver = receiver_does::store;
  REQUIRE(open.send(drain_request(std::string(1000, 'z'), 1, "F")));
  CHECK(open.receive()->status == 204);
}

TEST_CASE("drain endpoint: a thousand posts go over one connection") {
  stub_service service;
  http_connection conn{service.port()};
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(conn.send(drain_request("body " + std::to_string(i), 1, std::to_string(i))));
    REQUIRE(conn.receive()->status == 204);
  }
  const auto frames = service.script->frames();
  REQUIRE(frames.size() == 1000);
  CHECK(frames.back().key.id == "999");
  CHECK(frames.back().body == "body 999");
}

} // namespace drain_test
