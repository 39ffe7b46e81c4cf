// POST /logdrains with bodies in chunks and compressed, as log-shuttle sends them.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "http/body/gzip.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace wrapped_body_test {

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const std::string lines =
    "83 <40>1 2026-03-02T14:07:31.125756+00:00 host app web.1 - - Listening on port 14\n"
    "76 <40>1 2026-03-02T14:07:31.125756+00:00 host app web.1 - - [id k=\"v\"] x\n";

std::string chunks_of(std::string_view body, std::size_t size = 32, std::string_view trailer = {}) {
  std::string sent;
  for (std::size_t at = 0; at < body.size(); at += size)
    sent += fmt::format("{:x}\r\n{}\r\n", body.substr(at, size).size(), body.substr(at, size));
  return sent + "0\r\n" + std::string{trailer} + "\r\n";
}

// Like a request of log-shuttle 0.22, with credentials u1:p1.
std::string shuttle(std::string_view sent, std::string_view id = "R1", std::string_view headers = {}) {
  return fmt::format(
      "POST /logdrains HTTP/1.1\r\nHost: localhost\r\n"
      "User-Agent: log-shuttle/0.22.0 (go1.20; linux; amd64; gc)\r\nTransfer-Encoding: chunked\r\n"
      "Authorization: Basic dTE6cDE=\r\nContent-Type: application/logplex-1\r\n"
      "Logplex-Msg-Count: 2\r\nX-Request-Id: {}\r\n{}Accept-Encoding: gzip\r\n\r\n{}",
      id, headers, sent);
}

constexpr const char* gzip_coding = "Content-Encoding: gzip\r\n";

settings with_drain(std::uint64_t max_body_bytes = 10u << 20) {
  settings values;
  values.http.drains = {{"shop", "u1", secret{"p1"}}};
  values.http.max_body_bytes = max_body_bytes;
  return values;
}

http_answer ask(http_connection& conn, std::string_view request) {
  REQUIRE(conn.send(request));
  auto answer = conn.receive();
  REQUIRE(answer);
  return *answer;
}

void check_error(const http_answer& answer, int status, const std::string& code) {
  CHECK(answer.status == status);
  CHECK(nlohmann::json::parse(answer.body)["error"] == code);
}

} // namespace

TEST_CASE("wrapped body: log-shuttle's chunks are a batch, with gzip and without, one after the other") {
  stub_service service{with_drain()};
  http_connection conn{service.port()};
  const std::string packed = http::deflate_gzip(lines, 6);
  const std::string requests[] = {
      shuttle(chunks_of(lines)),
      shuttle(chunks_of(packed), "R1", gzip_coding),
      shuttle(chunks_of(lines, 1, "X-Checksum: 5\r\n")),
      shuttle(chunks_of(http::deflate_gzip(lines.substr(0, 50), 1) + http::deflate_gzip(lines.substr(50), 9)),
              "R1", gzip_coding),
  };
  for (const auto& request : requests) {
    CHECK(ask(conn, request).head == "HTTP/1.1 204 No Content");
    const auto taken = service.script->last_frame();
    CHECK(taken.body == lines);
    CHECK(taken.app == "shop");
    CHECK(taken.mode == structured_data::present);
    CHECK(taken.announced_lines == 2);
    CHECK(taken.key == service.script->frames().front().key); // in every form it is the same batch
  }
  REQUIRE(conn.send(requests[1] + requests[0])); // sent without waiting for answers
  CHECK(conn.receive()->status == 204);
  CHECK(conn.receive()->status == 204);
  CHECK(service.script->frames().size() == 6);
}

TEST_CASE("wrapped body: gzip of announced length is a batch") {
  stub_service service;
  CHECK(service.post(http::deflate_gzip(lines, 6), gzip_coding).status == 204);
  CHECK(service.script->last_frame().body == lines);
}

TEST_CASE("wrapped body: a request may arrive cut at every byte") {
  stub_service service{with_drain()};
  http_connection conn{service.port()};
  const auto request = shuttle(chunks_of(http::deflate_gzip(lines, 6), 50, "A: b\r\n"), "R", gzip_coding);
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    REQUIRE(conn.send(request.substr(0, cut)));
    REQUIRE(ask(conn, request.substr(cut)).status == 204);
  }
  const auto frames = service.script->frames();
  CHECK(frames.size() == request.size() - 1);
  for (const auto& taken : frames)
    REQUIRE(taken.body == lines);
}

TEST_CASE("wrapped body: cut in the middle of a chunk it is 400, and nothing is stored") {
  stub_service service{with_drain()};
  const auto head = shuttle({}), whole = chunks_of(lines);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{20}, whole.size() - 1}) {
    http_connection conn{service.port()};
    REQUIRE(conn.send(head + whole.substr(0, size)));
    conn.end_sending();
    const auto answer = conn.receive();
    REQUIRE(answer);
    check_error(*answer, 400, "body_cut_off");
    CHECK(conn.is_closed(5s));
  }
  CHECK(service.script->frames().empty());
}

TEST_CASE("wrapped body: malformed chunks are 400, and what follows does not become a request") {
  stub_service service{with_drain()};
  for (const auto* sent : {"5\nhello\n0\n\n", "x\r\n", "5\r\nhello0\r\n\r\n", "-1\r\n"}) {
    http_connection conn{service.port()};
    const auto answer =
        ask(conn, shuttle(std::string{sent} + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    check_error(answer, 400, "damaged_chunks");
    CHECK(answer.header("Connection") == "close");
    CHECK_FALSE(conn.receive(50ms));
    CHECK(conn.is_closed(5s));
  }
  CHECK(service.script->frames().empty());
}

TEST_CASE("wrapped body: what is no gzip, or not all of it, is 400, and the connection stays in step") {
  stub_service service{with_drain()};
  http_connection conn{service.port()};
  const auto packed = http::deflate_gzip(lines, 6);
  for (const auto& body : {lines, packed.substr(0, packed.size() - 1), packed + "x", std::string{}}) {
    check_error(ask(conn, shuttle(chunks_of(body), "R", gzip_coding)), 400, "damaged_gzip");
  }
  CHECK(ask(conn, shuttle(chunks_of(lines))).status == 204);
  CHECK(service.script->frames().size() == 1);
}

TEST_CASE("wrapped body: the limit holds for what arrives and for what it holds") {
  stub_service service{with_drain(2000)};
  const std::string fits(2000, 'x'), more(2001, 'x');
  http_connection conn{service.port()};
  CHECK(ask(conn, shuttle(chunks_of(fits, 500))).status == 204);
  CHECK(ask(conn, shuttle(chunks_of(http::deflate_gzip(fits, 6)), "R", gzip_coding)).status == 204);
  check_error(ask(conn, shuttle(chunks_of(http::deflate_gzip(more, 6)), "R", gzip_coding)), 413,
              "body_too_large");
  CHECK(ask(conn, shuttle(chunks_of(lines))).status == 204);
  const auto answer = ask(conn, shuttle(chunks_of(more, 500)));
  check_error(answer, 413, "body_too_large");
  CHECK(answer.header("Connection") == "close");
  CHECK(conn.is_closed(5s));
  CHECK(service.script->frames().size() == 3);
}

TEST_CASE("wrapped body: a chunked body without credentials is 401, and ends the connection") {
  stub_service service{with_drain()};
  http_connection conn{service.port()};
  auto request = shuttle(chunks_of(lines));
  request.replace(request.find("dTE6cDE="), 8, "dTE6cDI=");
  check_error(ask(conn, request), 401, "unauthorized");
  CHECK(conn.is_closed(5s));
}

TEST_CASE("wrapped body: an empty one of a drain without lines is 204") {
  stub_service service{with_drain()};
  http_connection conn{service.port()};
  auto request = shuttle("0\r\n\r\n");
  request.replace(request.find("Msg-Count: 2"), 12, "Msg-Count: 0");
  CHECK(ask(conn, request).status == 204);
  CHECK(service.script->frames().empty());
}

TEST_CASE("wrapped body: only what has arrived takes from the budget of all bodies") {
  auto values = with_drain(100'000);
  values.http.max_pending_body_bytes = 300'000;
  values.receiver.hold = 500ms;
  stub_service service{values};
  std::vector<std::unique_ptr<http_connection>> slow;
  for (int i = 0; i < 30; ++i) {
    slow.push_back(std::make_unique<http_connection>(service.port()));
    REQUIRE(slow.back()->send(shuttle("10000\r\nx")));
  }
  http_connection conn{service.port()};
  CHECK(ask(conn, shuttle(chunks_of(std::string(60'000, 'y'), 10'000))).status == 204);
}

} // namespace wrapped_body_test
