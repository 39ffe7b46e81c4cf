// Keys and sessions over nodes that share a database: made on one, followed by the other, and ended on both.
#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

constexpr const char* first_key = "the-key-that-is-there-at-first";

service_options node(const std::string& name, const std::string& url) {
  return {{"--storage.node=" + name}, {{"DATABASE_URL", url}, {"METRICS_API_KEY", first_key}}};
}

// Runs `parseflow keys …` on the database. Returns what it prints, without the last line feed.
std::string keys(const std::string& url, std::vector<std::string> words) {
  words.insert(words.begin(), "keys");
  process program{tested_program(), words, {{"DATABASE_URL", url}}};
  if (program.wait(timeout) != 0)
    throw std::runtime_error(program.standard_error());
  auto text = program.standard_output();
  return text.substr(0, text.find_last_not_of('\n') + 1);
}

std::string with(const std::string& key) {
  return "X-API-Key: " + key + "\r\n";
}

http_answer send(const service& to, const std::string& request, const std::string& headers,
                 const std::string& body = {}) {
  http_connection connection{to.port()};
  REQUIRE(connection.send(request + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
                          "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  return connection.receive(timeout).value();
}

int status_of(const service& of, const std::string& headers) {
  return send(of, "GET /metrics", headers).status;
}

// The `Cookie` line of a session that is opened with the key.
std::string sign_in(const service& at, const std::string& key) {
  const auto answer =
      send(at, "POST /session", "Content-Type: application/json\r\n", R"({"api_key":")" + key + R"("})");
  REQUIRE(answer.status == 204);
  const auto cookie = answer.header("Set-Cookie");
  return "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
}

} // namespace

TEST_CASE("keys: made on one node, they are known on the other within seconds, and end on both") {
  postgres_server server;
  const auto url = server.create_database();
  service first{node("first", url)}, second{node("second", url)};
  const auto made =
      send(first, "POST /api/keys", with(first_key), R"({"name": "support", "apps": ["shop"]})");
  REQUIRE(made.status == 201);
  const auto support = nlohmann::json::parse(made.body).at("key").get<std::string>();
  CHECK(status_of(first, with(support)) == 200);
  CHECK(eventually([&] { return status_of(second, with(support)) == 200; }, 10s));
  CHECK(send(second, "GET /metrics?app=blog", with(support)).status == 403);
  CHECK(send(second, "GET /api/keys", with(support)).status == 403);
  CHECK(eventually([&] { return keys(url, {"list"}).find("never") == std::string::npos; }));
  const auto ops = keys(url, {"add", "ops", "--role=admin"});
  CHECK(eventually([&] { return send(first, "GET /api/keys", with(ops)).status == 200; }, 10s));

  const auto session = sign_in(second, support);
  CHECK(status_of(first, session) == 200);
  http_connection tail{first.port()};
  REQUIRE(tail.send("GET /api/logs/tail HTTP/1.1\r\nHost: localhost\r\n" + with(support) + "\r\n"));
  REQUIRE(tail.receive_head(timeout)->status == 200);
  CHECK(keys(url, {"remove", "support"}).ends_with("support is removed"));
  for (const auto* each : {&first, &second}) {
    CHECK(eventually([&] { return status_of(*each, with(support)) == 401; }, 10s));
    CHECK(eventually([&] { return status_of(*each, session) == 401; }, 10s));
  }
  CHECK(tail.is_closed(10s)); // what was open ends, too
}

TEST_CASE(
    "keys: a session holds at all nodes, after a restart and with a new METRICS_API_KEY, until all end") {
  postgres_server server;
  const auto url = server.create_database();
  service first{node("first", url)}, second{node("second", url)};
  const auto session = sign_in(first, first_key);
  CHECK(status_of(second, session) == 200);
  REQUIRE(first.stop() == 0);
  first.options().environment["METRICS_API_KEY"] = "another-key-for-the-next-start";
  first.start();
  CHECK(status_of(first, session) == 200);
  CHECK(status_of(first, with(first_key)) == 401);
  // Without the database, from the copy in its data folder.
  REQUIRE(second.stop() == 0);
  server.stop();
  second.start();
  CHECK(status_of(second, session) == 200);
  server.start();
  CHECK(eventually([&] { return send(first, "DELETE /api/sessions", session).status == 204; }));
  for (const auto* each : {&first, &second})
    CHECK(eventually([&] { return status_of(*each, session) == 401; }, 10s));
  const auto fresh = sign_in(second, first_key);
  CHECK(status_of(second, fresh) == 200);
  CHECK(keys(url, {"sign-out-everywhere"}) == "all sessions have ended");
  CHECK(eventually([&] { return status_of(second, fresh) == 401; }, 10s));
}

TEST_CASE("keys: a link holds at all nodes, until all sessions end") {
  postgres_server server;
  const auto url = server.create_database();
  service first{node("first", url)}, second{node("second", url)};
  const auto made = send(first, "POST /api/shares", with(first_key), R"({"apps": ["shop"]})");
  REQUIRE(made.status == 201);
  const auto link = nlohmann::json::parse(made.body).at("link").get<std::string>();
  const auto token = link.substr(link.find("#share=") + 7);
  const auto taken = send(second, "POST /session", "Content-Type: application/json\r\n",
                          nlohmann::json{{"share", token}}.dump());
  REQUIRE(taken.status == 200);
  const auto cookie = taken.header("Set-Cookie");
  const auto viewer = "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
  for (const auto* each : {&first, &second}) {
    CHECK(status_of(*each, viewer) == 200);
    CHECK(send(*each, "GET /metrics?app=blog", viewer).status == 403);
  }
  CHECK(send(first, "DELETE /api/sessions", viewer).status == 403);
  CHECK(send(first, "DELETE /api/sessions", with(first_key)).status == 204);
  for (const auto* each : {&first, &second})
    CHECK(eventually([&] { return status_of(*each, viewer) == 401; }, 10s));
}

TEST_CASE("keys: a failed sign-in is logged, without what was tried") {
  service only{{{}, {{"METRICS_API_KEY", first_key}}}};
  const std::string tried = "a-key-that-is-none";
  CHECK(send(only, "POST /session", "Content-Type: application/json\r\n", R"({"api_key":")" + tried + R"("})")
            .status == 401);
  CHECK(send(only, "GET /metrics", with(tried)).status == 401);
  REQUIRE(only.stop() == 0);
  const auto log = only.program().standard_error();
  CHECK(log.find("refused a wrong key or link") != std::string::npos);
  CHECK(log.find("peer=127.0.0.1") != std::string::npos);
  CHECK(log.find(tried) == std::string::npos);
}

TEST_CASE(
    "keys: beyond loopback one in the registry is enough to start, also if only the copy of it can be read") {
  postgres_server server;
  const auto url = server.create_database();
  const service_options open{{"--http.host=0.0.0.0", "--storage.node=main"}, {{"DATABASE_URL", url}}};
  const auto refused = start_in_vain(open);
  CHECK(refused.status == 1);
  CHECK(refused.error.find("0.0.0.0 while nobody is known who may read: set METRICS_API_KEY, or make a key "
                           "(parseflow keys add NAME)") != std::string::npos);
  const auto ops = keys(url, {"add", "ops", "--role=admin", "--http.host=0.0.0.0"});
  service running{open};
  CHECK(status_of(running, with(ops)) == 200);
  CHECK(status_of(running, "") == 401);
  REQUIRE(running.stop() == 0);
  server.stop();
  running.start();
  CHECK(status_of(running, with(ops)) == 200);
  const auto away = start_in_vain(open); // in a folder without a copy
  CHECK(away.status == 1);
  CHECK(away.error.find("The registry of keys cannot be read: ") != std::string::npos);
  server.start();
  // Without a key there is nobody any more who may read.
  keys(url, {"remove", "ops"});
  CHECK(eventually([&] { return status_of(running, with(ops)) == 401; }));
  CHECK(status_of(running, "") == 401);
  REQUIRE(running.stop() == 0);
  CHECK(start_in_vain(open).status == 1);
}

TEST_CASE("keys: a use just before the stop is not forgotten") {
  postgres_server server;
  const auto url = server.create_database();
  service running{node("main", url)};
  const auto first = keys(url, {"add", "first"}), second = keys(url, {"add", "second"});
  const auto unused = [&] {
    const auto list = keys(url, {"list"});
    int found = 0;
    for (auto at = list.find("never"); at != std::string::npos; at = list.find("never", at + 1))
      ++found;
    return found;
  };
  CHECK(eventually([&] { return status_of(running, with(first)) == 200; }));
  CHECK(eventually([&] { return unused() == 1; })); // what is used within the minute after this waits
  REQUIRE(status_of(running, with(second)) == 200);
  REQUIRE(running.stop() == 0);
  CHECK(unused() == 0);
}
