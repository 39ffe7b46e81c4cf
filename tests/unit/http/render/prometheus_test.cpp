// The Prometheus format: numbers, names and labels, and promtool's check of it.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "http/render/prometheus.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/http/render/rich_totals.hpp"

namespace prometheus_test {

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const timestamp now{1'772'460'451s};

app_totals rich() {
  app_totals totals;
  totals.apps["shop"] = rich_totals(now);
  totals.cluster = cluster_view{"a", {"a", "b"}, {"c"}, {}};
  return totals;
}

alert_report some_alerts() {
  alert_report report;
  report.alerts = {{"high_error_rate", "shop", "critical", "30 % errors", 30, now - 5min, false, {}},
                   {"slow_response", "shop", "warning", "slow", 1200, now - 30min, true, now - 10min}};
  report.webhook = webhook_status{1, 2, 3};
  return report;
}

std::string rich_text() {
  receiver_status receiver;
  receiver.frames = 9;
  receiver.oldest_age = 2500ms;
  receiver.acknowledgement.add(400us);
  receiver.acknowledgement.add(7ms);
  receiver.acknowledgement.add(1h);
  forwarding_status forwarding;
  forwarding.frames = 5;
  writer_status writer;
  writer.is_connected = true;
  writer.stored_lines = 1234;
  receiver.duplicates = 3;
  writer.duplicates = 2; // known only to the database
  writer.stopped = problem{"refused"};
  auto alerts = some_alerts();
  alerts.writer = writer;
  return http::prometheus_text(rich(), alerts, receiver, {}, forwarding);
}

bool has_line(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

// The names of all families in `text`.
std::set<std::string> families_in(const std::string& text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string word, kind, name; lines >> word;)
    if (word == "#" && lines >> kind >> name && kind == "TYPE")
      names.insert(name);
  return names;
}

} // namespace

TEST_CASE("prometheus: counters, gauges and histograms of an app") {
  const auto text = rich_text();
  for (const auto* line :
       {"# TYPE heroku_requests_total counter",
        R"(heroku_requests_total{app="shop",status_class="2xx"} 1)",
        R"(heroku_requests_total{app="shop",status_class="unknown"} 1)",
        R"(heroku_responses_total{app="shop",status="503"} 1)",
        R"(heroku_requests_by_method_total{app="shop",method="GET"} 4)",
        R"(heroku_requests_total{app="shop",status_class="1xx"} 1)",
        R"(heroku_request_failures_total{app="shop"} 1)",
        R"(heroku_dyno_request_failures_total{app="shop",dyno="web.2"} 1)",
        R"(heroku_websocket_seconds{app="shop",quantile="0.5"} 60)",
        R"(heroku_websocket_seconds_count{app="shop"} 1)",
        R"(heroku_websocket_seconds_sum{app="shop"} 60)",
        R"(heroku_request_errors_total{app="shop"} 2)",
        R"(heroku_errors_total{app="shop",code="H12"} 1)",
        "# TYPE heroku_service_seconds histogram",
        R"(heroku_service_seconds_bucket{app="shop",le="0.025"} 0)",
        R"(heroku_service_seconds_bucket{app="shop",le="0.05"} 1)",
        R"(heroku_service_seconds_bucket{app="shop",le="2.5"} 1)",
        R"(heroku_service_seconds_bucket{app="shop",le="5"} 2)",
        R"(heroku_service_seconds_bucket{app="shop",le="+Inf"} 2)",
        R"(heroku_service_seconds_count{app="shop"} 2)",
        R"(heroku_service_seconds_sum{app="shop"} 2.93)",
        R"(heroku_dyno_requests_total{app="shop",dyno="web.1"} 2)",
        R"(heroku_dyno_load1{app="shop",dyno="web.1"} 0.41)",
        R"(heroku_dyno_memory_bytes{app="shop",dyno="web.1",kind="quota"} 536870912)",
        R"(heroku_dyno_crashes_total{app="shop",dyno="web.2"} 1)",
        R"(heroku_deploys_total{app="shop"} 1)",
        R"(heroku_custom_count_total{app="shop",name="orders"} 1)",
        R"(heroku_custom_value{app="shop",name="depth",unit="jobs"} 42)",
        R"(heroku_custom_measure_count{app="shop",name="db.query",unit="ms"} 1)",
        R"(heroku_custom_measure{app="shop",name="db.query",unit="ms",quantile="0.95"} 12.4)",
        R"(heroku_custom_unique{app="shop",name="buyers"} 1)",
        R"(heroku_late_lines_total{app="shop"} 1)",
        R"(parseflow_alert_open{type="high_error_rate",app="shop",severity="critical"} 1)",
        "parseflow_webhook_drops_total 2",
        "parseflow_frames_total 9",
        R"(parseflow_cluster_nodes{state="live"} 2)",
        R"(parseflow_cluster_nodes{state="absent"} 1)",
        "parseflow_forwarded_frames_total 5",
        "parseflow_journal_writable 1",
        "parseflow_journal_oldest_age_seconds 2.5",
        "parseflow_stored_lines_total 1234",
        "parseflow_duplicate_frames_total 5",
        "parseflow_database_stopped 1",
        "parseflow_retention_waits 0",
        R"(parseflow_acknowledgement_seconds_bucket{le="0.00025"} 0)",
        R"(parseflow_acknowledgement_seconds_bucket{le="0.0005"} 1)",
        R"(parseflow_acknowledgement_seconds_bucket{le="4"} 2)",
        R"(parseflow_acknowledgement_seconds_bucket{le="+Inf"} 3)"})
    CHECK_MESSAGE(has_line(text, line), std::string(line));
}

TEST_CASE("prometheus: any bytes in names leave the answer valid") {
  app_totals totals;
  totals.apps["sh\xFFop \"a\"\n\\"].requests = 1;
  const auto text = http::prometheus_text(totals, {}, {});
  CHECK(has_line(text, "heroku_request_errors_total{app=\"sh\uFFFDop \\\"a\\\"\\n\\\\\"} 0"));
}

TEST_CASE("prometheus: promtool finds nothing to object to") {
  temp_dir folder;
  const auto place = (folder.path() / "metrics").string();
  std::ofstream(place) << rich_text();
  const auto complaints = (folder.path() / "complaints").string();
  const int status = std::system(("promtool check metrics <" + place + " >" + complaints + " 2>&1").c_str());
  std::ifstream file(complaints);
  CHECK(std::string{std::istreambuf_iterator<char>(file), {}} == "");
  CHECK(status == 0);
}

TEST_CASE("prometheus: docs/prometheus.md lists every family, and none besides") {
  std::ifstream file(DOCS "/prometheus.md");
  std::set<std::string> described;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("| `heroku_") || line.starts_with("| `parseflow_"))
      described.insert(line.substr(3, line.find_first_of("`{", 3) - 3));
  auto totals = rich();
  totals.apps["shop"].countries["DE"] = 1;
  CHECK(described == families_in(http::prometheus_text(totals, some_alerts(), {})));
}

} // namespace prometheus_test
