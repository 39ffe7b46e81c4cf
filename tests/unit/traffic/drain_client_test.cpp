// The sender's rules, with a server that answers as the test sets.
#include "tests/traffic/drain_client.hpp"

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/scripted_server.hpp"

using namespace parseflow;
using traffic::post_result;

namespace {

constexpr const char* stored = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr const char* overloaded = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
constexpr const char* unauthorized = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
constexpr const char* too_many = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n";
constexpr const char* hang_up = "";

traffic::body some_body() {
  traffic::body body;
  body.frame_id = "00112233445566778899AABBCCDDEEFF";
  body.bytes = "5 hello";
  body.lines.emplace_back();
  return body;
}

traffic::drain_target target_of(const scripted_server& server) {
  return {fmt::format("http://127.0.0.1:{}", server.port()), "/logdrains?app=shop", "me", "s:cret", "d.1"};
}

} // namespace

TEST_CASE("drain client: a request looks as Logplex sends it") {
  scripted_server server{{stored}};
  traffic::drain_client drain{target_of(server)};
  REQUIRE(drain.post(some_body()) == post_result::delivered);
  const auto request = server.requests().at(0);
  CHECK(request.starts_with("POST /logdrains?app=shop HTTP/1.1\r\n"));
  for (const char* header :
       {"Content-Type: application/logplex-1\r\n", "User-Agent: Logplex/v72\r\n", "Logplex-Msg-Count: 1\r\n",
        "Logplex-Frame-Id: 00112233445566778899AABBCCDDEEFF\r\n", "Logplex-Drain-Token: d.1\r\n",
        "Content-Length: 7\r\n", "Authorization: Basic bWU6czpjcmV0\r\n"})
    CHECK_MESSAGE(request.find(header) != std::string::npos, header);
  CHECK(request.ends_with("\r\n\r\n5 hello"));
}

TEST_CASE("drain client: bodies share one connection as long as all goes well") {
  scripted_server server{{stored, stored, stored}};
  traffic::drain_client drain{target_of(server)};
  for (int i = 0; i < 3; ++i)
    CHECK(drain.post(some_body()) == post_result::delivered);
  CHECK(server.connections() == 1);
}

TEST_CASE("drain client: a 5xx, a 429 and a broken connection cost a try each, and the retry is the same") {
  for (const char* failure : {overloaded, too_many, hang_up}) {
    scripted_server server{{failure, failure, stored}};
    traffic::drain_client drain{target_of(server)};
    CHECK(drain.post(some_body()) == post_result::delivered);
    CHECK(drain.retries() == 2);
    CHECK(server.connections() == 3);
    CHECK(server.requests().at(0) == server.requests().at(2));
  }
}

TEST_CASE("drain client: a body is given up after three tries") {
  scripted_server server{{overloaded, hang_up, overloaded, stored}};
  traffic::drain_client drain{target_of(server)};
  CHECK(drain.post(some_body()) == post_result::given_up);
  CHECK(drain.last_status() == 503);
  CHECK(server.requests().size() == 3);
}

TEST_CASE("drain client: a 4xx drops the body at once") {
  scripted_server server{{unauthorized, stored}};
  traffic::drain_client drain{target_of(server)};
  CHECK(drain.post(some_body()) == post_result::refused);
  CHECK(drain.last_status() == 401);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("drain client: connects that fail cost no try, and stop ends the wait") {
  traffic::drain_target nobody{"http://127.0.0.1:1", "/", "", "", "d.1"};
  traffic::drain_client drain{nobody};
  std::thread stopper{[&drain] { drain.stop(); }};
  CHECK(drain.post(some_body()) == post_result::stopped);
  stopper.join();
  CHECK(drain.post(some_body()) == post_result::stopped);
  CHECK(drain.retries() == 0);
}

TEST_CASE("drain url: user and password are taken out and decoded, the rest stays") {
  const auto target = traffic::target_from("https://me:s%3Acret@logs.example.com:8443/logdrains?app=shop");
  REQUIRE(target);
  CHECK(target->origin == "https://logs.example.com:8443");
  CHECK(target->path == "/logdrains?app=shop");
  CHECK(target->user == "me");
  CHECK(target->password == "s:cret");
  CHECK(traffic::target_from("http://localhost")->path == "/");
  CHECK(traffic::target_from("http://localhost?app=x")->path == "/?app=x");
  for (const char* wrong : {"", "localhost:5000", "ftp://localhost/", "http:///logdrains"})
    CHECK_MESSAGE(!traffic::target_from(wrong), wrong);
}
