// The page behind the balancer: one session, whichever node answers, and whichever of them is restarted.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/cluster/haproxy.hpp"
#include "tests/support/postgres_server.hpp"

namespace page_test {

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

const std::string api_key = "a key that all nodes have";

std::vector<node_plan> plans() {
  auto result = plain_nodes(3);
  for (auto& each : result)
    each.environment["METRICS_API_KEY"] = api_key;
  return result;
}

struct fixture {
  fixture() { REQUIRE(nodes.wait_until_joined()); }

  // Uses a new connection for each request: the balancer chooses a node for each.
  std::unique_ptr<httplib::SSLClient> client() const {
    auto result = std::make_unique<httplib::SSLClient>("127.0.0.1", front.port());
    result->set_ca_cert_path(front.authority().c_str());
    result->set_follow_location(false);
    return result;
  }

  postgres_server server;
  cluster nodes{server.create_database(), plans()};
  haproxy front{nodes};
};

std::string variable(const char* name, const char* otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "page: who has signed in at one node is signed in at all of them") {
  const auto signed_in =
      client()->Post("/session", nlohmann::json{{"api_key", api_key}}.dump(), "application/json");
  REQUIRE(signed_in);
  INFO(signed_in->body);
  const auto cookie = signed_in->get_header_value("Set-Cookie");
  REQUIRE(cookie.find("Secure") != std::string::npos);
  const httplib::Headers session{{"Cookie", cookie.substr(0, cookie.find(';'))}};

  std::set<std::string> answered;
  CHECK(eventually([&] {
    const auto answer = client()->Get("/metrics", session);
    REQUIRE(answer);
    REQUIRE(answer->status == 200);
    answered.insert(nlohmann::json::parse(answer->body).at("cluster").at("node").get<std::string>());
    return answered.size() == nodes.size();
  }));
  const auto stranger = client()->Get("/metrics");
  REQUIRE(stranger);
  CHECK(stranger->status == 401);
}

TEST_CASE_FIXTURE(fixture, "page: a session lasts for a minute in which each node is restarted") {
  const httplib::Headers as_logplex{{"Logplex-Msg-Count", "1"},
                                    {"Logplex-Frame-Id", "0123456789ABCDEF0123456789ABCDEF"},
                                    {"Logplex-Drain-Token", "d.1"}};
  const auto posted =
      client()->Post("/logdrains", as_logplex,
                     "83 <40>1 2026-03-02T14:07:31+00:00 host app web.1 - one line of a batch of a "
                     "good app\n\n",
                     "application/logplex-1");
  REQUIRE(posted);
  REQUIRE(posted->status == 204);

  process person{"/usr/bin/env",
                 {"node", PAGE_SESSION, fmt::format("https://127.0.0.1:{}", front.port()), api_key, "60"},
                 {{"HOME", "/tmp"},
                  {"PARSEFLOW_TEST_PACKAGES", variable("PARSEFLOW_TEST_PACKAGES", "")},
                  {"PARSEFLOW_CHROMIUM", variable("PARSEFLOW_CHROMIUM", "/usr/bin/chromium")}}};
  REQUIRE(person.wait_for_error_text("signed in", timeout));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    CHECK(nodes.stop(i) == 0);
    CHECK(eventually([&] { return !front.is_live(nodes.name(i)); }));
    nodes.start(i);
    CHECK(eventually([&] { return front.is_live(nodes.name(i)); }));
  }
  const auto end = person.wait(120s);
  INFO(person.standard_error());
  REQUIRE(end == 0);
  const auto seen = nlohmann::json::parse(person.standard_output());
  INFO(seen.dump());
  CHECK(seen.at("is_signed_in") == true);
  CHECK(seen.at("nodes") == nlohmann::json{"a", "b", "c"});
  const auto statuses = seen.at("statuses").get<std::vector<int>>();
  CHECK(statuses.size() >= 10);
  CHECK(std::all_of(statuses.begin(), statuses.end(), [](int status) { return status == 200; }));
}

} // namespace page_test
