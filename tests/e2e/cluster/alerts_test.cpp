// Alerts of a cluster: judged by what all nodes counted, and announced once.
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/e2e/alert_traffic.hpp"
#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/scripted_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;

namespace {

constexpr int burst = 60;

// Posts a burst in bodies of one line, to the running nodes in turn.
void post_burst(cluster& nodes, const std::string& app) {
  for (int i = 0, node = 0; i < burst; ++node)
    if (const auto at = static_cast<std::size_t>(node) % nodes.size(); nodes.runs(at)) {
      post_requests(nodes.node(at), app, 1, 503);
      ++i;
    }
}

// The number of alerts that the webhooks of all nodes have posted or still have to post.
int announced(cluster& nodes) {
  int sum = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes.runs(i)) {
      const auto webhook = nodes.metrics(i).at("webhook");
      sum += webhook.at("delivered").get<int>() + webhook.at("waiting").get<int>();
    }
  return sum;
}

std::vector<node_plan> nodes_posting_to(const scripted_server& receiver) {
  auto plans = plain_nodes(3);
  for (auto& plan : plans)
    plan.environment["PARSEFLOW_WEBHOOK_URL"] = fmt::format("http://127.0.0.1:{}/", receiver.port());
  return plans;
}

// A burst that no node counted alone, and for which all nodes raised an alert.
struct raised_burst {
  explicit raised_burst(bool receiver_is_open = true)
      : receiver{std::vector<std::string>(10, alert_taken), receiver_is_open} {
    REQUIRE(nodes.wait_until_joined());
    post_burst(nodes, "shop");
    REQUIRE(eventually([&] { return database.count("alert", "app = 'shop'") == 3; }));
  }

  postgres_server server;
  std::string url = server.create_database();
  stored database = stored::in_postgres(url);
  scripted_server receiver;
  cluster nodes{
      url, nodes_posting_to(receiver), {fmt::format("--alerts.rules=burst: requests >= {} over 60m", burst)}};
};

struct pending_burst : raised_burst {
  pending_burst() : raised_burst(false) {}
};

} // namespace

TEST_CASE_FIXTURE(raised_burst,
                  "cluster alerts: a burst that no node sees alone is raised by all, and announced by one") {
  CHECK(announced(nodes) == 1);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    CHECK(database.count("frame", fmt::format("node = '{}'", nodes.name(i))) < burst);
    const auto shown = nodes.metrics(i).at("active_alerts");
    REQUIRE(shown.size() == 1);
    CHECK(shown[0].at("value") == burst);
  }
  REQUIRE(eventually([&] { return alerts_posted_to(receiver).size() == 1; }));

  // Every node that has judged once more knows that it was announced.
  REQUIRE(eventually([&] { return nodes.metrics(0).at("webhook").at("delivered") == 1; }));
  post_burst(nodes, "wiki");
  REQUIRE(eventually([&] { return database.count("alert", "app = 'wiki'") == 3; }));

  // The notifier dies: another node announces from now on, and does not repeat what was announced.
  nodes.kill(0);
  post_burst(nodes, "blog");
  REQUIRE(eventually([&] { return database.count("alert", "app = 'blog'") == 2; }));
  REQUIRE(eventually([&] { return alerts_posted_to(receiver).back().at("app") == "blog"; }));
  std::multiset<std::string> posted;
  for (const auto& one : alerts_posted_to(receiver))
    posted.insert(one.at("app"));
  CHECK(posted.count("shop") == 1);
  CHECK(posted.count("blog") == 1);
}

TEST_CASE_FIXTURE(pending_burst,
                  "cluster alerts: what the node that dies has not announced, another one announces") {
  REQUIRE(eventually([&] { return nodes.metrics(0).at("webhook").at("waiting") == 1; }));
  nodes.kill(0);
  receiver.open();
  REQUIRE(eventually([&] { return alerts_posted_to(receiver).size() == 1; }));
  CHECK(alerts_posted_to(receiver)[0].at("app") == "shop");
  CHECK(announced(nodes) == 1);
}
