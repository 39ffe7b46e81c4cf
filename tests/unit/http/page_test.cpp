// The page's files and its sessions.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "http/body/gzip.hpp"
#include "http/dashboard/assets.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace page_test {

using namespace parseflow;
using namespace parseflow::test;

namespace {

settings with_key() {
  settings values;
  values.http.api_key = secret{"k3y"};
  return values;
}

constexpr const char* json_type = "Content-Type: application/json\r\n";

// The `Cookie` line that a browser would send.
std::string cookie_line(const http_answer& answer) {
  const auto text = answer.header("Set-Cookie");
  return "Cookie: other=1; " + text.substr(0, text.find(';')) + "\r\n";
}

} // namespace

TEST_CASE("page: its root leads to the page, which is served without a key") {
  stub_service service{with_key()};
  for (const auto* path : {"/", "/dashboard/"}) {
    const auto answer = service.get(path);
    CHECK(answer.status == 302);
    CHECK(answer.header("Location") == "/dashboard");
  }
  const auto page = service.get("/dashboard");
  CHECK(page.status == 200);
  CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.header("Content-Security-Policy").find("script-src 'self'") != std::string::npos);
}

TEST_CASE("page: every file is served as embedded, and 304 to who has it") {
  stub_service service;
  for (const auto& file : http::assets()) {
    const auto answer = service.get(file.path);
    CHECK(answer.status == 200);
    CHECK((answer.body == file.bytes));
    CHECK(answer.header("Content-Type") == std::string{file.type});
    CHECK(answer.header("ETag") == std::string{file.etag});
    const auto packed = service.get(file.path, "Accept-Encoding: br, gzip\r\n");
    CHECK(packed.header("Content-Encoding") == "gzip");
    std::string inflated;
    CHECK(http::inflate_gzip(packed.body, file.bytes.size(), inflated) == http::inflate_end::complete);
    CHECK((inflated == file.bytes));
    const auto again = service.get(file.path, "If-None-Match: " + std::string{file.etag} + "\r\n");
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.header("Content-Length").empty());
    CHECK(service.get(file.path, "If-None-Match: \"other\"\r\n").status == 200);
  }
  CHECK(service.post("x", "", "/dashboard").status == 405);
}

TEST_CASE("session: the key buys a cookie that opens the API") {
  stub_service service{with_key()};
  const auto answer = service.post(R"({"api_key":"k3y"})", json_type, "/session");
  CHECK(answer.status == 204);
  const auto cookie = answer.header("Set-Cookie");
  CHECK(cookie.find("; HttpOnly") != std::string::npos);
  CHECK(cookie.find("; SameSite=Strict") != std::string::npos);
  CHECK(cookie.find("; Max-Age=43200") != std::string::npos);
  CHECK(cookie.find("Secure") == std::string::npos);
  CHECK(cookie.find("k3y") == std::string::npos);
  CHECK(service.get("/metrics", cookie_line(answer)).status == 200);
  CHECK(service.get("/metrics").status == 401);
}

TEST_CASE("session: a form body does as well, and over TLS the cookie is for TLS only") {
  stub_service service{with_key()};
  const auto answer = service.post(
      "api_key=k3y", "Content-Type: application/x-www-form-urlencoded\r\nX-Forwarded-Proto: https\r\n",
      "/session");
  CHECK(answer.status == 204);
  const auto cookie = answer.header("Set-Cookie");
  CHECK(cookie.starts_with("__Host-parseflow_session="));
  CHECK(cookie.find("; Path=/;") != std::string::npos); // which __Host- demands
  CHECK(cookie.find("; Secure") != std::string::npos);
  CHECK(service.get("/metrics", "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n").status == 200);
  CHECK(service.get("/metrics", cookie_line(answer)).status == 200);
}

TEST_CASE("session: a wrong key is 401 without a cookie") {
  stub_service service{with_key()};
  for (const auto* body :
       {"", "{}", "[]", "k3y", R"({"api_key":"k3y2"})", R"({"api_key":5})", R"({"api_key":)"}) {
    const auto answer = service.post(body, json_type, "/session");
    CHECK_MESSAGE(answer.status == 401, body);
    CHECK(nlohmann::json::parse(answer.body)["error"] == "wrong_key");
    CHECK(answer.header("Set-Cookie").empty());
  }
  CHECK(service.post(std::string(5000, 'x'), json_type, "/session").status == 413);
}

TEST_CASE("session: wrong keys are limited by address, and cost right keys nothing") {
  auto values = with_key();
  values.http.requests_per_minute = 1;
  stub_service service{values};
  for (std::uint32_t i = 0; i < http::failed_tries::per_minute; ++i) {
    CHECK(service.post("{}", json_type, "/session").status == 401);
    if (i < 5)
      CHECK(service.post(R"({"api_key":"k3y"})", json_type, "/session").status == 204);
  }
  const auto answer = service.post("{}", json_type, "/session");
  CHECK(answer.status == 429);
  CHECK_FALSE(answer.header("Retry-After").empty());
  CHECK(service.post(R"({"api_key":"k3y"})", json_type, "/session").status == 204); // nobody is locked out
  CHECK(service.get("/metrics", "X-API-Key: k3y\r\n").status == 200);
}

TEST_CASE("session: ending it takes the cookie back") {
  stub_service service{with_key()};
  const auto ended = service.get("/session", "", "DELETE");
  CHECK(ended.status == 204);
  CHECK(ended.header("Set-Cookie").find("parseflow_session=;") == 0);
  CHECK(ended.header("Set-Cookie").find("Max-Age=0") != std::string::npos);
}

TEST_CASE("session: holds at every node with the same key, and with no other") {
  auto other_key = with_key();
  other_key.http.api_key = secret{"an0ther"};
  stub_service service{with_key()}, same{with_key()}, other{other_key};
  const auto cookie = cookie_line(service.post(R"({"api_key":"k3y"})", json_type, "/session"));
  CHECK(service.get("/metrics", cookie).status == 200);
  CHECK(same.get("/metrics", cookie).status == 200);
  CHECK(other.get("/metrics", cookie).status == 401);
  auto forged = cookie;
  forged.replace(forged.size() - 5, 1, forged[forged.size() - 5] == '0' ? "1" : "0");
  CHECK(service.get("/metrics", forged).status == 401);
}

TEST_CASE("session: without a key none is needed") {
  stub_service service;
  const auto answer = service.post("{}", json_type, "/session");
  CHECK(answer.status == 204);
  CHECK(answer.header("Set-Cookie").empty());
}

TEST_CASE("session: other methods are 405 with Allow") {
  stub_service service;
  CHECK(service.get("/session").header("Allow") == "POST, DELETE");
}

} // namespace page_test
