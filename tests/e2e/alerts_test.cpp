// Alerts of the built program: raised, stored, shown, posted and resolved, also across a crash.
#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/e2e/alert_traffic.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/scripted_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string failed = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n";

// The test can raise and resolve this rule's alert at will, within its window.
const std::string rules =
    "--alerts.rules=high_error_rate: failure_rate > 50 over 60m min_requests 10 critical";

// The only alert in the answer, once there is one that is open or resolved as asked.
json shown_alert(service& running, bool is_resolved) {
  json alerts;
  REQUIRE(eventually([&] {
    alerts = running.metrics().at("active_alerts");
    return alerts.size() == 1 && alerts[0].at("resolved") == is_resolved;
  }));
  return alerts[0];
}

} // namespace

TEST_CASE("alerts: raised, stored, shown, and posted to a receiver that fails at first; then resolved") {
  scripted_server receiver{{failed, "", alert_taken, alert_taken}, false};
  const auto url = fmt::format("http://127.0.0.1:{}/secret-path", receiver.port());
  service running{{{rules}, {{"PARSEFLOW_WEBHOOK_URL", url}}}};
  CHECK(running.metrics().at("active_alerts").empty());
  post_requests(running, "shop", 10, 503);
  const auto raised = shown_alert(running, false);
  CHECK(raised.at("type") == "high_error_rate");
  CHECK(raised.at("app") == "shop");
  CHECK(raised.at("severity") == "critical");
  CHECK(raised.at("value") == 100);
  CHECK(raised.at("message") == "100 % of 10 requests of shop in 60 min failed (limit 50 %)");
  CHECK(running.metrics("?app=blog").at("active_alerts").empty());

  const auto database = stored::in_sqlite(running.database());
  REQUIRE(eventually([&] { return database.count("alert", "resolved_at IS NULL") == 1; }));
  REQUIRE(running.program().wait_for_error_text("webhook did not take", timeout)); // refused
  CHECK(running.metrics().at("webhook") == json{{"delivered", 0}, {"dropped", 0}, {"waiting", 1}});
  receiver.open();
  REQUIRE(eventually([&] { return running.metrics().at("webhook").at("delivered") == 1; }));
  CHECK(alerts_posted_to(receiver).size() == 3);

  post_requests(running, "shop", 90, 200);
  const auto resolved = shown_alert(running, true);
  CHECK(resolved.at("timestamp") == raised.at("timestamp"));
  REQUIRE(eventually([&] { return running.metrics().at("webhook").at("delivered") == 2; }));
  const auto bodies = alerts_posted_to(receiver);
  REQUIRE(bodies.size() == 4);
  for (int i = 0; i < 3; ++i) {
    CHECK(bodies[static_cast<std::size_t>(i)].at("status") == "raised");
    CHECK(bodies[static_cast<std::size_t>(i)].at("text") ==
          "[critical] " + raised.at("message").get<std::string>());
  }
  CHECK(bodies[3].at("status") == "resolved");
  REQUIRE(eventually([&] { return database.count("alert", "resolved_at IS NOT NULL") == 1; }));
  CHECK(database.count("alert") == 1);
  CHECK(running.program().standard_error().find("secret-path") == std::string::npos);
  CHECK(running.stop() == 0);
}

TEST_CASE(
    "alerts: one that is open when the program is killed goes on, is not announced again, and is resolved") {
  scripted_server receiver{std::vector<std::string>(10, alert_taken)};
  const auto url = fmt::format("http://127.0.0.1:{}/", receiver.port());
  service running{{{rules}, {{"PARSEFLOW_WEBHOOK_URL", url}}}};
  post_requests(running, "shop", 10, 503);
  const auto raised = shown_alert(running, false);
  const auto database = stored::in_sqlite(running.database());
  REQUIRE(eventually([&] { return database.count("alert") == 1 && alerts_posted_to(receiver).size() == 1; }));
  running.kill();
  running.start();
  auto again = shown_alert(running, false);
  again["duration_s"] = raised.at("duration_s"); // the alert continues
  CHECK(again == raised);
  post_requests(running, "shop", 90, 200);
  const auto resolved = shown_alert(running, true);
  CHECK(resolved.at("timestamp") == raised.at("timestamp"));
  REQUIRE(eventually([&] { return alerts_posted_to(receiver).size() >= 2; }));
  CHECK(alerts_posted_to(receiver).size() == 2);
  CHECK(alerts_posted_to(receiver)[1].at("status") == "resolved");
  REQUIRE(eventually([&] { return database.count("alert", "resolved_at IS NOT NULL") == 1; }));
  CHECK(database.count("alert") == 1);
  CHECK(running.stop() == 0);
}

TEST_CASE("alerts: a stop does not wait for a webhook that answers nothing") {
  scripted_server receiver{{}};
  const http_connection occupying{receiver.port()}; // serves one at a time: the next one waits
  const auto url = fmt::format("http://127.0.0.1:{}/", receiver.port());
  service running{{{rules}, {{"PARSEFLOW_WEBHOOK_URL", url}}}};
  post_requests(running, "shop", 10, 503);
  REQUIRE(eventually([&] { return running.metrics().at("webhook").at("waiting") == 1; }));
  CHECK(running.stop() == 0);
  CHECK(running.program().standard_error().find("alerts are not posted") != std::string::npos);
}
