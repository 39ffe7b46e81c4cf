// /api/drains: who may post.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/http/stub_boxes.hpp"

namespace drains_api_test {

using namespace parseflow;
using namespace parseflow::test;

namespace {

http_answer send(stub_service& service, const std::string& method, const std::string& path,
                 const std::string& body = {}) {
  http_connection conn{service.port()};
  REQUIRE(conn.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body));
  auto answer = conn.receive();
  REQUIRE(answer);
  return *answer;
}

settings with_url() {
  settings values;
  values.http.public_url = "https://logs.example.com";
  return values;
}

} // namespace

TEST_CASE("drains API: all drains, without a password") {
  stub_service service{{}, with_registrar::yes};
  CHECK(service.get("/api/drains").status == 503);
  service.tell(
      {1,
       {{"aa", "u1", {"shop"}, {{"$argon2id$x", "", timestamp{std::chrono::hours{1}}, {}}}, {}, false}},
       {}});
  const auto answer = service.get("/api/drains");
  CHECK(answer.status == 200);
  CHECK(answer.body.find("argon2id") == std::string::npos);
  const auto found = nlohmann::json::parse(answer.body);
  CHECK(found["span_s"] == 3600);
  REQUIRE(found["drains"].size() == 1);
  CHECK(found["drains"][0]["id"] == "aa");
  CHECK(found["drains"][0]["apps"][0] == "shop");
  CHECK(found["drains"][0]["last_seen_at"].is_null());
  CHECK(found["drains"][0]["passwords"][0]["created_at"] == "1970-01-01T01:00:00.000Z");
  CHECK(found["drains"][0]["passwords"][0]["last_used_at"].is_null());
  CHECK(found["drains"][0]["registered_in"] == "registry");
  CHECK(service.get("/api/drains?x=1").status == 400);
}

TEST_CASE("drains API: one is registered, and the answer has the command for Heroku") {
  stub_service service{with_url(), with_registrar::yes};
  const auto answer = send(service, "POST", "/api/drains", R"({"apps": ["shop"], "user": "heroku"})");
  CHECK(answer.status == 201);
  const auto issued = nlohmann::json::parse(answer.body);
  CHECK(issued["password"] == "new");
  CHECK(issued["commands"][0] == "heroku drains:add https://heroku:new@logs.example.com/logdrains -a shop");
  CHECK(answer.header("Cache-Control") == "no-store");
  CHECK(send(service, "POST", "/api/drains", R"({"apps": ["shop"], "user": "taken"})").status == 409);
  for (const char* wrong :
       {"", "[]", "{}", R"({"apps": []})", R"({"apps": [1]})", R"({"apps": ["a"], "x": 1})"})
    CHECK(send(service, "POST", "/api/drains", wrong).status == 400);
}

TEST_CASE("drains API: one is rotated and removed by its id") {
  stub_service service{with_url(), with_registrar::yes};
  const auto rotated = send(service, "POST", "/api/drains/aa/rotate");
  CHECK(rotated.status == 200);
  CHECK(nlohmann::json::parse(rotated.body)["password"] == "second");
  CHECK(send(service, "POST", "/api/drains/zz/rotate").status == 404);
  CHECK(send(service, "POST", "/api/drains/aa").status == 404);
  CHECK(send(service, "DELETE", "/api/drains/aa").status == 204);
  CHECK(send(service, "DELETE", "/api/drains/away").status == 503);
  CHECK(send(service, "DELETE", "/api/drains/aa/x").status == 404);
  CHECK(send(service, "GET", "/api/drains/aa").status == 405);
}

TEST_CASE("drains API: it is behind the API key") {
  settings values;
  values.http.api_key = secret{"key"};
  stub_service service{values, with_registrar::yes};
  CHECK(service.get("/api/drains").status == 401);
  CHECK(send(service, "POST", "/api/drains", R"({"apps": ["shop"]})").status == 401);
  CHECK(send(service, "DELETE", "/api/drains/aa").status == 401);
  CHECK(service.get("/api/drains", "X-API-Key: key\r\n").status == 503);
}

} // namespace drains_api_test
