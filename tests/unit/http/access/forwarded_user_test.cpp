// Users whom a proxy has let in: believed from a trusted proxy alone.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "messages/registry/key.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace forwarded_user_test {

using namespace parseflow;
using namespace parseflow::test;

namespace {

// The tests connect from 127.0.0.1.
settings behind(const std::string& proxy) {
  settings values;
  values.http.trusted_proxies = {proxy};
  values.http.user_header = "X-Forwarded-User";
  values.http.admin_users = {"ann"};
  return values;
}

registry_copy with_one_key() {
  return {1, {}, {}, {{"cc", "shop", key_role::read, {"shop"}, key_hash("pf_shop"), {}, {}}}, secret{"5e55"}};
}

constexpr const char* ann = "X-Forwarded-User: ann\r\n";
constexpr const char* bob = "x-forwarded-user: bob\r\n";

int status_of(stub_service& service, const std::string& headers, const std::string& line = "GET /metrics") {
  http_connection conn{service.port()};
  REQUIRE(
      conn.send(line + " HTTP/1.1\r\nHost: logs.example.com\r\n" + headers + "Content-Length: 2\r\n\r\n{}"));
  return conn.receive().value().status;
}

} // namespace

TEST_CASE("forwarded user: whom a trusted proxy names may read, and those of http.admin-users may do all") {
  stub_service service{behind("127.0.0.0/8"), with_one_key()};
  for (const auto* user : {ann, bob}) {
    CHECK(status_of(service, user) == 200);
    CHECK(status_of(service, user, "GET /api/series?metric=requests") == 200);
  }
  CHECK(status_of(service, ann, "GET /api/keys") == 200);
  CHECK(status_of(service, bob, "GET /api/keys") == 403);
  CHECK(status_of(service, bob, "DELETE /api/sessions") == 403);
  CHECK(status_of(service, ann, "DELETE /api/sessions") == 204);
  CHECK(status_of(service, ann, "POST /api/shares") == 409); // a link ends with a key, which a user has not
}

TEST_CASE("forwarded user: nobody else is believed") {
  stub_service elsewhere{behind("10.0.0.1"), with_one_key()};
  CHECK(status_of(elsewhere, ann) == 401);
  CHECK(status_of(elsewhere, std::string{ann} + "X-Forwarded-For: 10.0.0.1\r\n") == 401);
  CHECK(status_of(elsewhere, ann, "GET /api/keys") == 401);
  CHECK(nlohmann::json::parse(elsewhere.get("/readyz", ann).body).size() == 1);
  auto without = behind("127.0.0.1");
  without.http.user_header.clear();
  without.http.admin_users.clear();
  stub_service unasked{without, with_one_key()};
  CHECK(status_of(unasked, ann) == 401);
}

TEST_CASE("forwarded user: a name that is missing, empty or there twice is none") {
  stub_service service{behind("127.0.0.1"), with_one_key()};
  CHECK(status_of(service, "") == 401);
  CHECK(status_of(service, "X-Forwarded-User:\r\n") == 401);
  CHECK(status_of(service, std::string{ann} + bob) == 401);
  CHECK(status_of(service, "X-Forwarded-User: ann,bob\r\n", "GET /api/keys") == 403);
}

TEST_CASE("forwarded user: without any key others are refused all the same") {
  stub_service service{behind("127.0.0.1")};
  CHECK(status_of(service, bob) == 200);
  CHECK(service.get("/metrics").status == 401);
  CHECK(service.get("/api/keys").status == 401);
}

TEST_CASE("forwarded user: a key and a session that are shown count before the proxy's word") {
  stub_service service{behind("127.0.0.1"), with_one_key()};
  CHECK(service.get("/metrics", std::string{ann} + "X-API-Key: pf_shop\r\n").status == 200);
  CHECK(service.script->last_question().app == "shop");
  CHECK(service.get("/metrics", std::string{ann} + "X-API-Key: pf_wrong\r\n").status == 200);
  CHECK(service.script->last_question().app == "");
}

TEST_CASE("forwarded user: a page of another site cannot use what the proxy lets in") {
  stub_service service{behind("127.0.0.1"), with_one_key()};
  const auto from = [](const std::string& origin) { return ann + ("Origin: " + origin + "\r\n"); };
  for (const auto* foreign : {"https://evil.example", "null", "", "https://logs.example.com.evil.example"})
    for (const auto* line : {"DELETE /api/sessions", "GET /metrics", "POST /api/keys"})
      CHECK(status_of(service, from(foreign), line) == 403);
  CHECK(status_of(service, from("https://logs.example.com"), "DELETE /api/sessions") == 204);
  // A proxy may put a Host of its own, and the first one beside it.
  CHECK(status_of(service, from("https://out.example") + "X-Forwarded-Host: out.example\r\n") == 200);
  auto named = behind("127.0.0.1");
  named.http.public_url = "https://public.example.com/parseflow/";
  stub_service known{named, with_one_key()};
  CHECK(status_of(known, from("https://public.example.com")) == 200);
  CHECK(status_of(known, from("https://public.example.co")) == 403);
}

} // namespace forwarded_user_test
