// Bad requests: each gets the answer that docs/http.md lists, and the service continues as before.
#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/traffic/traffic.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::string_literals;
using namespace std::chrono_literals;

namespace {

constexpr const char* credentials =
    "Authorization: Basic c2hvcC11c2VyOnBhc3M6d29yZA==\r\n"; // shop-user:pass:word

struct guarded_service : service {
  guarded_service()
      : service({{"--http.max-body-bytes=60000", "--http.read-timeout=1s"},
                 {{"PARSEFLOW_DRAINS", "shop:shop-user:pass:word"}, {"METRICS_API_KEY", "the-key"}}}) {}

  http_answer ask(const std::string& request) {
    http_connection connection{port()};
    REQUIRE(connection.send(request));
    const auto answer = connection.receive(timeout);
    REQUIRE(answer);
    return *answer;
  }

  std::uint64_t lines() { return metrics().at("ingest").at("lines"); }
};

std::string one_line() {
  return "78 <190>1 2026-03-02T14:07:31.118204+00:00 host app web.1 - cache warmed in 41ms\n";
}

void check_error(const http_answer& answer, int status) {
  CHECK(answer.status == status);
  CHECK(answer.header("Content-Type").starts_with("application/json"));
  CHECK(answer.header("Transfer-Encoding").empty());
  const auto body = nlohmann::json::parse(answer.body);
  CHECK_FALSE(body.at("error").get<std::string>().empty());
  CHECK_FALSE(body.at("message").get<std::string>().empty());
}

std::string post(const std::string& headers, const std::string& body) {
  return "POST /logdrains HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

} // namespace

TEST_CASE_FIXTURE(guarded_service, "bad input: wrong requests get their answers and are not counted") {
  const std::string type = "Content-Type: application/logplex-1\r\n";
  const auto sized = [](std::size_t n) { return "Content-Length: " + std::to_string(n) + "\r\n"; };
  const auto line = one_line();

  SUBCASE("another method") {
    const auto answer = ask("GET /logdrains HTTP/1.1\r\nHost: x\r\n\r\n");
    check_error(answer, 405);
    CHECK(answer.header("Allow") == "POST");
    check_error(ask("PUT /logdrains HTTP/1.1\r\nHost: x\r\n" + sized(3) + "\r\nabc"), 405);
    check_error(ask("DELETE /logdrains HTTP/1.1\r\nHost: x\r\n\r\n"), 405);
  }
  SUBCASE("no credentials") {
    const auto answer = ask(post(type + sized(line.size()), line));
    check_error(answer, 401);
    CHECK(answer.header("WWW-Authenticate").starts_with("Basic"));
  }
  SUBCASE("wrong credentials") {
    check_error(ask(post("Authorization: Basic c2hvcC11c2VyOnBhc3M=\r\n" + type + sized(line.size()), line)),
                401);
    check_error(ask(post("Authorization: Basic !!!\r\n" + type + sized(line.size()), line)), 401);
    check_error(ask(post("Authorization: Bearer the-key\r\n" + type + sized(line.size()), line)), 401);
  }
  SUBCASE("another type") {
    check_error(ask(post(credentials + ("Content-Type: text/html\r\n" + sized(line.size())), line)), 415);
    check_error(ask(post(credentials + ("Content-Type: application/json\r\n" + sized(line.size())), line)),
                415);
  }
  SUBCASE("no length") {
    check_error(ask(post(credentials + type, "")), 411);
    check_error(
        ask(post(credentials + type + "Transfer-Encoding: gzip, chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")), 400);
    check_error(ask(post(credentials + type + "Transfer-Encoding: chunked\r\n", "3\nabc\n0\n\n")), 400);
  }
  SUBCASE("a length that is no number") {
    check_error(ask(post(credentials + type + "Content-Length: abc\r\n", "")), 400);
    check_error(ask(post(credentials + type + "Content-Length: -1\r\n", "")), 400);
  }
  SUBCASE("too large") {
    check_error(ask(post(credentials + type + sized(60'001), std::string(60'001, 'x'))), 413);
  }
  SUBCASE("neither body nor Logplex header") {
    check_error(ask(post(credentials + type + sized(0), "")), 400);
  }
  SUBCASE("a body that ends too early") {
    http_connection connection{port()};
    REQUIRE(connection.send(post(credentials + type + sized(line.size() + 100), line)));
    connection.end_sending();
    if (const auto answer = connection.receive(timeout))
      check_error(*answer, 400);
    else
      CHECK(connection.is_closed(timeout));
  }
  SUBCASE("a body that stalls") {
    http_connection connection{port()};
    REQUIRE(connection.send(post(credentials + type + sized(line.size() + 100), line)));
    if (const auto answer = connection.receive(timeout))
      CHECK(answer->status >= 400);
    else
      CHECK(connection.is_closed(timeout));
  }
  SUBCASE("no HTTP at all") {
    http_connection connection{port()};
    REQUIRE(connection.send(line + "\r\n\r\n"));
    if (const auto answer = connection.receive(timeout))
      CHECK(answer->status == 400);
    else
      CHECK(connection.is_closed(timeout));
  }
  // Nothing of it is stored, and the service continues.
  CHECK(lines() == 0);
  CHECK(ask(post(credentials + type + sized(line.size()), line)).status == 204);
  REQUIRE(eventually([this] { return lines() == 1; }));
  REQUIRE(wait_until_stored());
  CHECK(stored::in_sqlite(database()).count("log_line") == 1);
}

TEST_CASE_FIXTURE(guarded_service, "bad input: a refused body does not spoil its connection") {
  const auto line = one_line();
  http_connection connection{port()};
  const std::string large(60'001, 'x');
  REQUIRE(connection.send(drain_request(large, 1, "A", credentials)));
  REQUIRE(connection.receive(timeout).value().status == 413);
  REQUIRE(connection.send(drain_request(line, 1, "B")));
  REQUIRE(connection.receive(timeout).value().status == 401);
  REQUIRE(connection.send(drain_request(line, 1, "B", credentials)));
  CHECK(connection.receive(timeout).value().status == 204);
}

TEST_CASE_FIXTURE(guarded_service, "bad input: damaged content is stored, counted and answered 204") {
  const auto garbage = "\x00\xff\xfe not a frame \x01"s;
  CHECK(ask(drain_request(garbage, 1, "A", credentials)).status == 204);
  CHECK(ask(drain_request("9999 <190>1 cut off", 1, "B", credentials)).status == 204);
  CHECK(ask(drain_request("", 0, "C", credentials)).status == 204);
  CHECK(ask(drain_request(one_line(), 7, "D", credentials)).status == 204);
  REQUIRE(eventually([this] { return lines() == 3; }));
  CHECK(metrics().at("ingest").at("malformed") == 2);
  CHECK(metrics().at("ingest").at("count_mismatches") == 1);
  REQUIRE(wait_until_stored());
  const auto stored_lines = stored::in_sqlite(database());
  CHECK(stored_lines.count("log_line", "kind = 'malformed'") == 2);
  CHECK(stored_lines.count("log_line", "hex(raw) = '00FFFE206E6F742061206672616D652001'") == 1);
}

TEST_CASE_FIXTURE(guarded_service,
                  "bad input: questions without the key, or that cannot be asked, are refused") {
  check_error(http_request(port(), "GET", "/metrics"), 401);
  check_error(http_request(port(), "GET", "/metrics", "X-API-Key: the-kez\r\n"), 401);
  CHECK(http_request(port(), "GET", "/metrics", "X-API-Key: the-key\r\n").status == 200);
  check_error(http_request(port(), "GET", "/metrics?window=2h", "X-API-Key: the-key\r\n"), 400);
  check_error(http_request(port(), "GET", "/api/series?metric=nonsense", "X-API-Key: the-key\r\n"), 400);
  check_error(http_request(port(), "GET", "/nothing-here"), 404);
  CHECK(http_request(port(), "GET", "/healthz").status == 200);
  CHECK(http_request(port(), "GET", "/readyz").status == 200);
}

TEST_CASE("bad input: a key that asks too often waits") {
  service running{{{"--http.requests-per-minute=5"}, {}}};
  int refused = 0;
  for (int i = 0; i < 8; ++i)
    if (const auto answer = http_request(running.port(), "GET", "/metrics"); answer.status == 429) {
      ++refused;
      CHECK_FALSE(answer.header("Retry-After").empty());
    }
  CHECK(refused >= 2);
  CHECK(http_request(running.port(), "GET", "/healthz").status == 200);
}
