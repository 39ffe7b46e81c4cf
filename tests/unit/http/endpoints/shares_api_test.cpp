// /api/shares: links that show the page without a key, and what they cannot do.
#include <chrono>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "http/render/time_text.hpp"
#include "messages/registry/key.hpp"
#include "messages/system_time.hpp"
#include "tests/support/eventually.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace shares_api_test {

using namespace parseflow;
using namespace parseflow::test;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr const char* json_type = "Content-Type: application/json\r\n";

registry_copy known() {
  return {1,
          {},
          {},
          {{"aa", "ops", key_role::admin, {}, key_hash("pf_admin"), {}, {}},
           {"dd", "two", key_role::read, {"shop", "blog"}, key_hash("pf_two"), {}, {}}},
          secret{"5e55"}};
}

std::string with(const std::string& key) {
  return "Authorization: Bearer " + key + "\r\n";
}

http_answer share(stub_service& service, const std::string& headers, const std::string& body) {
  return service.post(body, headers + json_type, "/api/shares");
}

std::string token_in(const http_answer& made) {
  const auto link = json::parse(made.body).at("link").get<std::string>();
  return link.substr(link.find("#share=") + 7);
}

http_answer take_up(stub_service& service, const std::string& token) {
  return service.post(json{{"share", token}}.dump(), json_type, "/session");
}

// The `Cookie` line of a browser that has opened the link.
std::string opened(stub_service& service, const http_answer& made) {
  const auto text = take_up(service, token_in(made)).header("Set-Cookie");
  return "Cookie: " + text.substr(0, text.find(';')) + "\r\n";
}

std::string error_of(const http_answer& answer) {
  return json::parse(answer.body).at("error");
}

} // namespace

TEST_CASE("shares: a link of one app shows this app, and changes nothing") {
  stub_service service{{}, known()};
  const auto made = share(service, with("pf_admin"), R"({"hours": 2, "apps": ["shop"]})");
  REQUIRE(made.status == 201);
  CHECK(made.header("Cache-Control") == "no-store");
  const auto answer = json::parse(made.body);
  CHECK(answer.at("apps") == json{"shop"});
  const auto ends = http::read_time(answer.at("ends_at").get<std::string>());
  REQUIRE(ends);
  CHECK(*ends > system_time() + 2h - 1min);
  CHECK(*ends <= system_time() + 2h);
  CHECK(answer.at("link").get<std::string>().starts_with("http://"));
  CHECK(answer.at("link").get<std::string>().find("/dashboard#share=") != std::string::npos);
  const auto taken = take_up(service, token_in(made));
  CHECK(taken.status == 200);
  CHECK(json::parse(taken.body) == json{{"apps", {"shop"}}, {"ends_at", answer.at("ends_at")}});
  const auto cookie = taken.header("Set-Cookie");
  CHECK(cookie.find("HttpOnly") != std::string::npos);
  const auto age = std::stoi(cookie.substr(cookie.find("Max-Age=") + 8));
  CHECK(age > 7100);
  CHECK(age <= 7200);
  const auto viewer = opened(service, made);
  CHECK(service.get("/metrics", viewer).status == 200);
  CHECK(service.script->last_question().app == "shop");
  CHECK(error_of(service.get("/metrics?app=blog", viewer)) == "other_app");
  for (const auto* path : {"/api/keys", "/api/drains"})
    CHECK(error_of(service.get(path, viewer)) == "no_admin");
  CHECK(service.get("/api/sessions", viewer, "DELETE").status == 403);
  CHECK(error_of(share(service, viewer, "{}")) == "shared");
}

TEST_CASE("shares: a key that reads shares what it sees, and no more") {
  stub_service service{{}, known()};
  const auto all = share(service, with("pf_two"), "{}");
  REQUIRE(all.status == 201);
  CHECK(json::parse(all.body).at("apps") == json{"shop", "blog"});
  const auto ends = http::read_time(json::parse(all.body).at("ends_at").get<std::string>());
  CHECK(*ends > system_time() + 23h);
  CHECK(*ends <= system_time() + 24h);
  CHECK(error_of(service.get("/metrics", opened(service, all))) == "app_needed");
  const auto one = share(service, with("pf_two"), R"({"apps": ["blog"]})");
  CHECK(service.get("/metrics", opened(service, one)).status == 200);
  CHECK(service.script->last_question().app == "blog");
  CHECK(error_of(share(service, with("pf_two"), R"({"apps": ["blog", "other"]})")) == "other_app");
  CHECK(share(service, "", "{}").status == 401);
}

TEST_CASE("shares: what is no wish for a link is answered 400") {
  stub_service service{{}, known()};
  for (const auto* wrong :
       {"x", "[]", R"({"hours": 0})", R"({"hours": 721})", R"({"hours": -1})", R"({"hours": 1.5})",
        R"({"hours": "1"})", R"({"apps": "shop"})", R"({"apps": [1]})", R"({"apps": ["a:b"]})",
        R"({"apps": [""]})", R"({"x": 1})",
        R"({"apps": ["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16"]})"}) {
    INFO(wrong);
    CHECK(error_of(share(service, with("pf_admin"), wrong)) == "bad_share");
  }
  CHECK(share(service, with("pf_admin"), R"({"hours": 720})").status == 201);
  CHECK(service.get("/api/shares", with("pf_admin")).status == 405);
}

TEST_CASE("shares: the longest link fits into a cookie") {
  stub_service service{{}, known()};
  json apps = json::array();
  for (char c = 'a'; c < 'a' + 15; ++c)
    apps.push_back(std::string(200, c));
  const auto made = share(service, with("pf_admin"), json{{"apps", apps}}.dump());
  REQUIRE(made.status == 201);
  const auto cookie = take_up(service, token_in(made)).header("Set-Cookie");
  CHECK(cookie.substr(0, cookie.find(';')).size() < 4000);
  CHECK(error_of(service.get("/metrics", opened(service, made))) == "app_needed");
}

TEST_CASE("shares: a link ends with the key of its maker, or with all sessions") {
  stub_service service{{}, known()};
  const auto made = share(service, with("pf_two"), R"({"apps": ["shop"]})");
  const auto viewer = opened(service, made);
  auto now = known();
  now.keys.pop_back();
  now.version = 2;
  service.tell(now);
  CHECK(eventually([&] { return service.get("/metrics", viewer).status == 401; }));
  CHECK(error_of(take_up(service, token_in(made))) == "wrong_share");
  const auto other = share(service, with("pf_admin"), "{}");
  CHECK(take_up(service, token_in(other)).status == 200);
  now.session_key = secret{"another"};
  now.version = 3;
  service.tell(now);
  CHECK(eventually([&] { return take_up(service, token_in(other)).status == 401; }));
}

TEST_CASE("shares: what is no link is refused, and too many tries are") {
  stub_service service{{}, known()};
  const auto token = token_in(share(service, with("pf_admin"), R"({"apps": ["shop"]})"));
  auto wider = token;
  wider.replace(wider.find(":shop"), 5, ":blog");
  CHECK(error_of(take_up(service, wider)) == "wrong_share");
  // The session of a key is no link.
  const auto session = service.post(R"({"api_key": "pf_admin"})", json_type, "/session").header("Set-Cookie");
  const auto begin = session.find('=') + 1;
  CHECK(take_up(service, session.substr(begin, session.find(';') - begin)).status == 401);
  CHECK(eventually([&] { return take_up(service, wider).status == 429; }));
  CHECK(take_up(service, token).status == 200);
}

TEST_CASE("shares: without keys there is nothing to share, and without the registry nobody who signs") {
  stub_service open_to_all;
  CHECK(error_of(share(open_to_all, "", "{}")) == "no_key");
  CHECK(take_up(open_to_all, "any").status == 204);
  settings values;
  values.http.api_key = secret{"k3y"};
  stub_service alone{values};
  CHECK(error_of(share(alone, with("k3y"), "{}")) == "registry_away");
}

TEST_CASE("shares: the link names the address of the settings, else that of the request") {
  settings values;
  values.http.public_url = "https://logs.example.com/";
  stub_service service{values, known()};
  CHECK(json::parse(share(service, with("pf_admin"), "{}").body)
            .at("link")
            .get<std::string>()
            .starts_with("https://logs.example.com/dashboard#share="));
  stub_service plain{{}, known()};
  CHECK(json::parse(share(plain, with("pf_admin") + "X-Forwarded-Proto: https\r\n", "{}").body)
            .at("link")
            .get<std::string>()
            .starts_with("https://"));
}

} // namespace shares_api_test
