// The registry of drains over nodes that share a database: changed on one, followed by the other, and kept.
#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/traffic/traffic.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

constexpr const char* heroku_url = "--url=https://logs.example.com";

// Runs `parseflow drains …` on the database. Returns what it prints; throws if it fails.
std::string drains(const std::string& url, std::vector<std::string> words) {
  words.insert(words.begin(), "drains");
  process program{tested_program(), words, {{"DATABASE_URL", url}}};
  if (program.wait(timeout) != 0)
    throw std::runtime_error(program.standard_error());
  return program.standard_output();
}

std::string password_in(const std::string& line) {
  const auto begin = line.find(':', line.find("://") + 3) + 1;
  return line.substr(begin, line.find('@') - begin);
}

traffic::body some_body() {
  static std::atomic<std::uint64_t> seed = 1;
  traffic::generator app{{}, seed++};
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  return app.next(20, now - 1s, now);
}

// One post, without the retries of a sender.
int post(const service& to, const std::string& user, const std::string& password) {
  traffic::drain_client client{drain_at(to.host(), to.port(), "shop", user, password)};
  switch (client.post(some_body())) {
  case traffic::post_result::delivered:
    return 204;
  case traffic::post_result::refused:
    return 401;
  default:
    return 503;
  }
}

service_options node(const std::string& name, const std::string& url) {
  return {{"--storage.node=" + name}, {{"DATABASE_URL", url}}};
}

// A drain that posts without a pause until it is stopped.
class busy_drain {
public:
  busy_drain(const service& to, const std::string& user, const std::string& password)
      : client_(drain_at(to.host(), to.port(), "busy", user, password)), thread_([this] {
          while (!is_over_)
            if (client_.post(some_body()) == traffic::post_result::delivered)
              ++delivered_;
            else
              ++lost_;
        }) {}
  ~busy_drain() {
    is_over_ = true;
    thread_.join();
  }

  int delivered() const { return delivered_; }
  int lost() const { return lost_; }

private:
  traffic::drain_client client_;
  std::atomic<bool> is_over_ = false;
  std::atomic<int> delivered_ = 0, lost_ = 0;
  std::thread thread_;
};

} // namespace

TEST_CASE("drains: added, rotated and removed under load, on another node than the one with the traffic") {
  postgres_server server;
  const auto url = server.create_database();
  service first{node("first", url)}, second{node("second", url)};
  const auto busy_password = password_in(drains(url, {"add", "busy", "--user=busy", heroku_url}));
  busy_drain busy{first, "busy", busy_password};
  for (int round = 0; round < 2; ++round) {
    // Posted at once: the node with the traffic has not looked since.
    const auto one = password_in(drains(url, {"add", "shop", "--user=shop", heroku_url}));
    CHECK(post(first, "shop", one) == 204);
    CHECK(post(second, "shop", one) == 204);
    const auto two = password_in(drains(url, {"rotate", "shop", heroku_url}));
    CHECK(post(first, "shop", two) == 204);
    CHECK(post(first, "shop", one) == 204);
    const auto three = password_in(drains(url, {"rotate", "shop", heroku_url}));
    CHECK(post(first, "shop", three) == 204);
    CHECK(post(first, "shop", two) == 204);
    CHECK(eventually([&] { return post(first, "shop", one) == 401; }));
    drains(url, {"remove", "shop"});
    CHECK(eventually([&] { return post(first, "shop", three) == 401; }));
    CHECK(eventually([&] { return post(second, "shop", three) == 401; }));
  }
  CHECK(busy.delivered() > 0);
  CHECK(busy.lost() == 0);
  service unreachable{{{"--storage.node=third", "--http.host="}, {{"DATABASE_URL", url}}}};
  CHECK(unreachable.program().wait_for_error_text(
      "can reach the service: set METRICS_API_KEY and http.host=0.0.0.0 to", timeout));
}

TEST_CASE("drains: the API of one node adds a drain for the other, and the list shows what came") {
  postgres_server server;
  const auto url = server.create_database();
  service first{node("first", url)}, second{node("second", url)};
  http_connection api{second.port()};
  const std::string wish = R"({"apps": ["shop"], "user": "shop"})";
  REQUIRE(api.send("POST /api/drains HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                   std::to_string(wish.size()) + "\r\n\r\n" + wish));
  const auto answer = api.receive(timeout);
  REQUIRE(answer);
  REQUIRE(answer->status == 201);
  CHECK(post(first, "shop", nlohmann::json::parse(answer->body).at("password")) == 204);
  CHECK(eventually([&] {
    const auto found = nlohmann::json::parse(second.get("/api/drains").body).at("drains").at(0);
    return found.at("lines_per_second") > 0 && !found.at("last_seen_at").is_null() && found.at("tokens") == 1;
  }));
}

TEST_CASE("drains: kill -9 and a database that is away keep the registry") {
  postgres_server server;
  const auto url = server.create_database();
  service running{node("main", url)};
  const auto password = password_in(drains(url, {"add", "shop", "--user=shop", heroku_url}));
  REQUIRE(post(running, "shop", password) == 204);
  running.kill();
  server.stop();
  running.start();
  CHECK(post(running, "shop", password) == 204);
  // Nobody knows whether these are new.
  CHECK(post(running, "other", password) == 503);
  server.start();
  CHECK(eventually([&] { return post(running, "other", password) == 401; }));
  CHECK(running.stop() == 0);
}

TEST_CASE("drains: without a database and a copy a sender is held and answered 503, never 401") {
  postgres_server server;
  const auto url = server.create_database();
  const auto password = password_in(drains(url, {"add", "shop", "--user=shop", heroku_url}));
  server.stop();
  service running{node("main", url)};
  CHECK(post(running, "shop", password) == 503);
  server.start();
  CHECK(eventually([&] { return post(running, "shop", password) == 204; }));
}

TEST_CASE("drains: an imported entry of the environment stays the drain that it was") {
  service running{{{}, {{"PARSEFLOW_DRAINS", "shop:u:p"}}}};
  const auto body = some_body();
  const auto send = [&] {
    traffic::drain_client client{running.drain("shop", "u", "p")};
    return client.post(body);
  };
  REQUIRE(send() == traffic::post_result::delivered);
  REQUIRE(running.wait_until_stored());
  REQUIRE(running.stop() == 0);
  process import{tested_program(),
                 {"drains", "import", "--storage.directory=" + running.folder().string()},
                 {{"PARSEFLOW_DRAINS", "shop:u:p"}}};
  REQUIRE(import.wait(timeout) == 0);
  running.options().environment.clear();
  running.start();
  REQUIRE(send() == traffic::post_result::delivered);
  CHECK(eventually([&] { return running.metrics().at("ingest").at("duplicates") == 1; }));
}
