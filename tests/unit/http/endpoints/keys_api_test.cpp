// /api/keys and /api/sessions, and what the roles and apps of keys allow elsewhere.
#include <chrono>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "messages/registry/key.hpp"
#include "tests/support/eventually.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace keys_api_test {

using namespace parseflow;
using namespace parseflow::test;
using nlohmann::json;

namespace {

registered_key made(const std::string& id, const std::string& key, key_role role,
                    std::vector<std::string> apps = {}) {
  return {id, "name-" + id, role, std::move(apps), key_hash(key), {}, {}};
}

// One key of each kind.
registry_copy all_kinds() {
  return {1,
          {},
          {},
          {made("aa", "pf_admin", key_role::admin), made("bb", "pf_read", key_role::read),
           made("cc", "pf_shop", key_role::read, {"shop"}),
           made("dd", "pf_two", key_role::read, {"shop", "blog"})},
          secret{"5e55"}};
}

std::string with(const std::string& key) {
  return "Authorization: Bearer " + key + "\r\n";
}

http_answer send(stub_service& service, const std::string& method, const std::string& path,
                 const std::string& key, const std::string& body = {}) {
  http_connection conn{service.port()};
  REQUIRE(conn.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" +
                    (key.empty() ? "" : with(key)) + "Content-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body));
  auto answer = conn.receive();
  REQUIRE(answer);
  return *answer;
}

std::string error_of(const http_answer& answer) {
  return json::parse(answer.body)["error"];
}

std::string cookie_line(const http_answer& answer) {
  const auto text = answer.header("Set-Cookie");
  return "Cookie: " + text.substr(0, text.find(';')) + "\r\n";
}

} // namespace

TEST_CASE("keys API: all keys, without a hash") {
  stub_service service{{}, all_kinds()};
  const auto answer = service.get("/api/keys", with("pf_admin"));
  CHECK(answer.status == 200);
  CHECK(answer.body.find(key_hash("pf_read")) == std::string::npos);
  const auto found = json::parse(answer.body)["keys"];
  REQUIRE(found.size() == 4);
  CHECK(found[0]["role"] == "admin");
  CHECK(found[2]["id"] == "cc");
  CHECK(found[2]["name"] == "name-cc");
  CHECK(found[2]["apps"] == json{"shop"});
  CHECK(found[2]["last_used_at"].is_null());
  CHECK(service.get("/api/keys?x=1", with("pf_admin")).status == 400);
}

TEST_CASE("keys API: one is made, and the answer has it") {
  stub_service service{{}, all_kinds()};
  const auto answer = send(service, "POST", "/api/keys", "pf_admin", R"({"name": "ci", "apps": ["shop"]})");
  CHECK(answer.status == 201);
  CHECK(answer.header("Cache-Control") == "no-store");
  CHECK(json::parse(answer.body)["key"] == "pf_new");
  CHECK(json::parse(answer.body)["role"] == "read");
  const auto admin = send(service, "POST", "/api/keys", "pf_admin", R"({"name": "ops", "role": "admin"})");
  CHECK(json::parse(admin.body)["role"] == "admin");
  CHECK(send(service, "POST", "/api/keys", "pf_admin", R"({"name": "taken"})").status == 409);
  for (const char* wrong :
       {"", "[]", "{}", R"({"name": 1})", R"({"name": "a", "role": "root"})",
        R"({"name": "a", "apps": "shop"})", R"({"name": "a", "apps": [1]})", R"({"name": "a", "x": 1})"})
    CHECK(send(service, "POST", "/api/keys", "pf_admin", wrong).status == 400);
}

TEST_CASE("keys API: one is removed by its id, and all sessions are ended") {
  stub_service service{{}, all_kinds()};
  CHECK(send(service, "DELETE", "/api/keys/cc", "pf_admin").status == 204);
  CHECK(send(service, "DELETE", "/api/keys/zz", "pf_admin").status == 404);
  CHECK(send(service, "DELETE", "/api/keys/away", "pf_admin").status == 503);
  CHECK(send(service, "DELETE", "/api/keys/cc/x", "pf_admin").status == 404);
  CHECK(send(service, "DELETE", "/api/sessions", "pf_admin").status == 204);
  const std::lock_guard guard{service.registry->mutex};
  CHECK(service.registry->sign_outs == 1);
}

TEST_CASE("roles: what changes or shows the registry needs an admin, the rest any key") {
  stub_service service{{}, all_kinds()};
  const std::vector<std::pair<const char*, const char*>> for_admins{
      {"GET", "/api/drains"},       {"POST", "/api/drains"},    {"POST", "/api/drains/aa/rotate"},
      {"DELETE", "/api/drains/aa"}, {"GET", "/api/keys"},       {"POST", "/api/keys"},
      {"DELETE", "/api/keys/cc"},   {"DELETE", "/api/sessions"}};
  for (const auto& each : for_admins) {
    const auto method = each.first, path = each.second; // clang++ 14 captures no structured bindings
    INFO(method, " ", path);
    CHECK(send(service, method, path, "").status == 401);
    CHECK(send(service, method, path, "pf_wrong").status == 401);
    for (const char* key : {"pf_read", "pf_shop"}) {
      const auto answer = send(service, method, path, key);
      CHECK(answer.status == 403);
      CHECK(error_of(answer) == "no_admin");
    }
    const auto answer = send(service, method, path, "pf_admin");
    CHECK(answer.status != 401);
    CHECK(answer.status != 403);
  }
  for (const char* key : {"pf_admin", "pf_read", "pf_shop"}) {
    CHECK(service.get("/metrics", with(key)).status == 200);
    CHECK(service.get("/api/series?metric=requests", with(key)).status == 200);
  }
}

TEST_CASE("apps: a key of one app is shown that app, and no other") {
  stub_service service{{}, all_kinds()};
  for (const char* query : {"", "?app=shop", "?window=1h"}) {
    CHECK(service.get(std::string{"/metrics"} + query, with("pf_shop")).status == 200);
    CHECK(service.script->last_question().app == "shop");
    CHECK(service.script->last_alerts_question().app == "shop");
  }
  CHECK(service.get("/metrics", with("pf_shop") + "Accept: text/plain\r\n").body.find("app=\"shop\"") !=
        std::string::npos);
  CHECK(service.script->last_alerts_question().app == "shop");
  CHECK(service.get("/api/series?metric=dyno_p95_ms:web.1", with("pf_shop")).status == 200);
  CHECK(service.script->last_series().app == "shop");
  for (const char* path : {"/metrics?app=blog", "/api/series?metric=requests&app=blog"}) {
    const auto answer = service.get(path, with("pf_shop"));
    CHECK(answer.status == 403);
    CHECK(error_of(answer) == "other_app");
    CHECK(service.get(path, with("pf_shop") + "Accept: text/plain\r\n").status == 403);
  }
}

TEST_CASE("apps: a key of several apps chooses one") {
  stub_service service{{}, all_kinds()};
  for (const char* path : {"/metrics", "/metrics?window=1h", "/api/series?metric=requests"}) {
    const auto answer = service.get(path, with("pf_two"));
    CHECK(answer.status == 400);
    CHECK(error_of(answer) == "app_needed");
    CHECK(json::parse(answer.body)["apps"] == json{"shop", "blog"});
  }
  CHECK(service.get("/metrics?app=blog", with("pf_two")).status == 200);
  CHECK(service.get("/metrics?app=other", with("pf_two")).status == 403);
}

TEST_CASE("apps: names of other apps and the words of the database are not shown") {
  stub_service service{{}, all_kinds()};
  const std::string other = "an app with a name";
  CHECK(service.get("/metrics", with("pf_read")).body.find(other) != std::string::npos);
  CHECK(service.get("/metrics", with("pf_read")).body.find(stub_script::database_sentence) !=
        std::string::npos);
  const auto shown = service.get("/metrics", with("pf_shop")).body;
  CHECK(shown.find(other) == std::string::npos);
  CHECK(shown.find(stub_script::database_sentence) == std::string::npos);
  CHECK(json::parse(shown)["apps"] == json{"shop"});
}

TEST_CASE("keys: a session is its key, until that is removed or all are signed out") {
  stub_service service{{}, all_kinds()};
  const auto open = [&](const std::string& key) {
    return cookie_line(
        service.post(R"({"api_key":")" + key + R"("})", "Content-Type: application/json\r\n", "/session"));
  };
  const auto shop = open("pf_shop"), admin = open("pf_admin");
  CHECK(service.get("/metrics", shop).status == 200);
  CHECK(service.script->last_question().app == "shop");
  CHECK(service.get("/api/keys", shop).status == 403);
  CHECK(service.get("/api/keys", admin).status == 200);
  auto now = all_kinds();
  std::erase_if(now.keys, [](const registered_key& one) { return one.id == "cc"; });
  now.version = 2;
  service.tell(now);
  CHECK(eventually([&] { return service.get("/metrics", shop).status == 401; }));
  CHECK(service.get("/metrics", with("pf_shop")).status == 401);
  CHECK(service.get("/api/keys", admin).status == 200);
  now.session_key = secret{"another"};
  now.version = 3;
  service.tell(now);
  CHECK(eventually([&] { return service.get("/api/keys", admin).status == 401; }));
  CHECK(service.get("/api/keys", with("pf_admin")).status == 200);
}

TEST_CASE("keys: with the first key of the registry this machine's own user needs one, too") {
  stub_service service{{}, with_registrar::yes};
  const std::string foreign = "Host: metrics.example.com\r\n";
  const auto status_of = [&](const std::string& headers) {
    http_connection conn{service.port()};
    REQUIRE(conn.send("GET /metrics HTTP/1.1\r\n" + headers + "\r\n"));
    return conn.receive().value().status;
  };
  CHECK(service.get("/metrics").status == 200);
  CHECK(status_of(foreign) == 403);
  service.tell(all_kinds());
  CHECK(eventually([&] { return service.get("/metrics").status == 401; }));
  CHECK(status_of(foreign) == 401);
  CHECK(status_of(foreign + with("pf_read")) == 200);
  CHECK(json::parse(service.get("/readyz").body).size() == 1);
  CHECK(json::parse(service.get("/readyz", with("pf_read")).body).size() > 1);
}

TEST_CASE("keys: nobody's key or session is called wrong before the registry was read") {
  settings values;
  values.http.api_key = secret{"k3y"};
  stub_service service{values, with_registrar::yes};
  for (const auto& unknown : {with("pf_read"), std::string{"Cookie: parseflow_session=1.2.3.4\r\n"}}) {
    const auto answer = service.get("/metrics", unknown);
    CHECK(answer.status == 503);
    CHECK(json::parse(answer.body).at("error") == "registry_unread");
    CHECK(answer.header("Retry-After") == "1");
  }
  const auto sign_in = [&](const std::string& body) {
    return service.post(body, "Content-Type: application/json\r\n", "/session").status;
  };
  CHECK(sign_in(R"({"api_key":"pf_read"})") == 503);
  CHECK(sign_in(R"({"share":"1.2.3.4"})") == 503);
  CHECK(service.get("/metrics").status == 401);
  CHECK(service.get("/metrics", with("k3y")).status == 200);
  service.tell(all_kinds());
  CHECK(eventually([&] { return service.get("/metrics", with("pf_read")).status == 200; }));
  CHECK(service.get("/metrics", with("pf_none")).status == 401);
}

TEST_CASE("keys: which of them are used is told to the registrar") {
  stub_service service{{}, all_kinds()};
  CHECK(service.get("/metrics", with("pf_read")).status == 200);
  service.tell(all_kinds());
  std::unique_lock lock{service.registry->mutex};
  REQUIRE(service.registry->changed.wait_for(lock, std::chrono::seconds{10},
                                             [&] { return !service.registry->uses.keys.empty(); }));
  CHECK(service.registry->uses.keys.at(0).key == "bb");
}

TEST_CASE("keys API: uses that no news have taken along are reported at a stop") {
  stub_service service{{}, all_kinds()};
  REQUIRE(service.get("/metrics", with("pf_read")).status == 200);
  service.server().stop();
  CHECK(eventually([&] {
    const std::lock_guard guard{service.registry->mutex};
    return service.registry->uses.keys.size() == 1 && service.registry->uses.keys[0].key == "bb";
  }));
}

} // namespace keys_api_test
