// A service without credentials on loopback: the machine's user may ask, but no page of another site.
#include "http/access/local_request.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/http/stub_boxes.hpp"

namespace local_request_test {

using namespace parseflow;
using namespace parseflow::test;
using http::is_local_request;

namespace {

// The status of the answer to a request with only these header lines.
int status_of(const stub_service& service, const std::string& line, const std::string& headers) {
  http_connection connection{service.port()};
  REQUIRE(connection.send(line + " HTTP/1.1\r\n" + headers + "Content-Length: 1\r\n\r\nx"));
  const auto answer = connection.receive();
  REQUIRE(answer);
  if (answer->status == 403)
    CHECK(nlohmann::json::parse(answer->body)["error"] == "not_local");
  return answer->status;
}

settings with_credentials() {
  settings values;
  values.http.api_key = secret{"k3y"};
  values.http.drains = {{"shop", "u1", secret{"p1"}}};
  return values;
}

} // namespace

TEST_CASE("local request: the Host is this machine, the Origin its own, an allowed one or none") {
  const auto is_local = [](const httplib::Headers& headers, const char* allowed = "") {
    const auto host = headers.find("Host"), origin = headers.find("Origin");
    const auto given =
        origin == headers.end() ? std::nullopt : std::optional<std::string_view>{origin->second};
    return is_local_request(host == headers.end() ? "" : host->second, given, allowed);
  };
  CHECK(is_local({}));
  for (const auto* host : {"localhost", "localhost:5000", "127.0.0.1:80", "[::1]:5000", "[::1]"})
    CHECK_MESSAGE(is_local({{"Host", host}}), host);
  for (const auto* host :
       {"evil.example", "evil.example:5000", "[::2]:5000", "[", "127.0.0.1.evil.example:5000"})
    CHECK_MESSAGE(!is_local({{"Host", host}}), host);
  CHECK(is_local({{"Host", "localhost:5000"}, {"Origin", "http://localhost:5000"}}));
  CHECK(is_local({{"Host", "localhost:5000"}, {"Origin", "https://localhost:5000"}}));
  for (const auto* origin : {"https://evil.example", "null", "http://localhost:3000", "http://localhost", ""})
    CHECK_MESSAGE(!is_local({{"Host", "localhost:5000"}, {"Origin", origin}}), origin);
  CHECK(is_local({{"Host", "localhost"}, {"Origin", "https://a.example"}}, "https://a.example"));
  CHECK(is_local({{"Host", "localhost"}, {"Origin", "https://a.example"}}, "*"));
  CHECK_FALSE(is_local({{"Host", "evil.example"}, {"Origin", "https://a.example"}}, "*"));
}

TEST_CASE("local request: without credentials other sites' pages can neither read nor write") {
  stub_service service;
  for (const auto* line : {"POST /logdrains", "POST /logdrains/", "GET /metrics",
                           "GET /api/series?metric=requests", "POST /session", "DELETE /session"}) {
    CHECK(status_of(service, line, "Host: evil.example\r\n") == 403);
    CHECK(status_of(service, line, "Host: localhost\r\nOrigin: https://evil.example\r\n") == 403);
    CHECK(status_of(service, line, "Host: localhost:5000\r\nOrigin: http://localhost:5000\r\n") < 300);
    CHECK(status_of(service, line, "Host: [::1]:5000\r\n") < 300);
  }
  CHECK(status_of(service, "POST http://evil.example/logdrains", "Host: localhost\r\n") == 403);
  CHECK(status_of(service, "GET /healthz", "Host: evil.example\r\n") == 200);
  http_connection connection{service.port()};
  REQUIRE(connection.send("GET /readyz HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
  CHECK(connection.receive()->body == R"({"status":"ready"})");
}

TEST_CASE("local request: with credentials the name does not matter") {
  stub_service service{with_credentials()};
  CHECK(status_of(service, "POST /logdrains",
                  "Host: drains.example\r\nOrigin: https://a.example\r\nAuthorization: Basic dTE6cDE=\r\n") ==
        204);
  CHECK(status_of(service, "GET /metrics", "Host: drains.example\r\nX-API-Key: k3y\r\n") == 200);
}

TEST_CASE("local request: who allows anonymous drains and metrics lets in everybody") {
  settings values;
  values.http.allow_anonymous_drains = values.http.allow_anonymous_metrics = true;
  stub_service service{values};
  CHECK(status_of(service, "POST /logdrains", "Host: drains.example\r\n") == 204);
  CHECK(status_of(service, "GET /metrics", "Host: drains.example\r\n") == 200);
}

} // namespace local_request_test
