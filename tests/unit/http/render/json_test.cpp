// GET /metrics as JSON: every field, its unit and its bounds.
#include "http/render/json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "messages/rollup/app_timelines.hpp"

namespace json_test {

using namespace parseflow;
using namespace parseflow::http;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

rollup::request_stats stats(std::uint64_t count, std::uint64_t errors, std::int64_t service_ms) {
  rollup::request_stats made;
  made.count = count;
  made.errors = made.failures = errors;
  for (std::uint64_t i = 0; i < count; ++i)
    made.service.add(service_ms);
  return made;
}

std::string of_shop(std::string_view name) {
  return rollup::qualified_name("shop", name);
}

metrics_snapshot sample() {
  metrics_snapshot metrics;
  metrics.question = {"", window::one_hour, timestamp{1'772'460'451s + 118ms}};
  metrics.requests_per_second = 2.5;
  metrics.apps = {"blog", "shop"};
  auto& totals = metrics.totals;
  totals.requests = 10;
  totals.errors = 3;
  totals.failures = 2;
  totals.by_status_class = {1, 0, 5, 2, 1, 1};
  totals.by_method = {4, 3, 1, 1, 1};
  for (const int ms : {10, 20, 30, 40, 50, 60, 70, 251, 5000})
    totals.service.add(ms);
  totals.error_codes = {{"H12", 1}, {"H18", 2}};
  totals.countries = {{"DE", 4}, {"US", 6}};
  totals.endpoints = {{{of_shop("/a"), stats(7, 1, 40), 0}, {of_shop("/b"), stats(3, 2, 100), 0}}, 500};
  totals.dynos = {{of_shop("web.1"), stats(8, 0, 40)}, {of_shop("web.2"), stats(2, 1, 100)}};
  totals.lines = 15;
  totals.bytes = 3000;
  totals.malformed = 2;
  totals.count_mismatches = 1;
  return metrics;
}

alert_report two_alerts() {
  alert_report report;
  report.alerts = {{"high_error_rate",
                    "shop",
                    "critical",
                    "30 % errors",
                    30,
                    timestamp{1'772'460'000s},
                    false,
                    {},
                    20,
                    35,
                    "20 % errors; at worst 35 %"},
                   {"database_away", "", "warning", "away", 2.5, timestamp{1'772'459'000s}, true,
                    timestamp{1'772'459'600s}}};
  return report;
}

receiver_status busy_receiver() {
  receiver_status status;
  status.parsing_bytes = 25;
  status.parsing_budget_bytes = 100;
  status.unstored_bytes = 1;
  status.unstored_budget_bytes = 8;
  status.unstored_frames = 6;
  status.lines_per_second = 1234.5;
  status.duplicates = 4;
  status.overloaded = 5;
  status.salvaged = 7;
  status.held = 2;
  status.journal_bytes = 5000;
  status.journal_disk_bytes = 8192;
  status.oldest_age = std::chrono::milliseconds{2500};
  status.lost_frames = 6;
  return status;
}

writer_status sqlite_writer() {
  writer_status status;
  status.kind = "sqlite";
  status.is_connected = true;
  status.lag_lines = 9;
  status.stored_lines = 70;
  status.rejected_frames = 3;
  status.last_error = problem{"disk full"};
  return status;
}

json rendered(const metrics_snapshot& metrics, alert_report alerts = two_alerts()) {
  alerts.writer = sqlite_writer();
  return json::parse(metrics_json(metrics, alerts, busy_receiver()));
}

} // namespace

TEST_CASE("metrics JSON: the fields of the original, with its units") {
  const auto m = rendered(sample());
  CHECK(m["timestamp"] == "2026-03-02T14:07:31.118Z");
  CHECK(m["total_requests"] == 10);
  CHECK(m["requests_per_second"] == 2.5);
  CHECK(m["success_rate"] == 70.0);
  CHECK(m["error_rate"] == 30.0);
  CHECK(m["avg_response_time"] == 614'555'556); // 5531 / 9 ms
  CHECK(m["avg_response_time"].is_number_integer());
  CHECK(m["p50_response_time"] == 50'000'000);
  CHECK(m["p95_response_time"] == 5'000'000'000);
  CHECK(m["p99_response_time"] == 5'000'000'000);
  CHECK(m["slow_request_count"] == 2);
  CHECK(m["status_2xx"] == 5);
  CHECK(m["status_3xx"] == 2);
  CHECK(m["status_4xx"] == 1);
  CHECK(m["status_5xx"] == 1);
  CHECK(m["get_requests"] == 4);
  CHECK(m["post_requests"] == 3);
  CHECK(m["put_requests"] == 1);
  CHECK(m["delete_requests"] == 1);
  CHECK(m["other_requests"] == 1);
  CHECK(m["top_countries"] == json{{"US", 6}, {"DE", 4}});
  CHECK(m["top_endpoints"] == json{{"shop /a", 7}, {"shop /b", 3}});
  CHECK(m["dyno_performance"]["shop web.2"] == json{{"name", "web.2"},
                                                    {"app", "shop"},
                                                    {"request_count", 2},
                                                    {"avg_response_time", 100'000'000},
                                                    {"error_rate", 50.0},
                                                    {"failure_rate", 50.0},
                                                    {"status", "critical"}});
  CHECK(m["channel_health"] == json{{"raw_log_chan_usage", 25.0},
                                    {"parsed_log_chan_usage", 12.5},
                                    {"processing_rate", 1234.5},
                                    {"backlog_size", 6}});
}

TEST_CASE("metrics JSON: alerts, open and resolved") {
  const auto alerts = rendered(sample())["active_alerts"];
  REQUIRE(alerts.size() == 2);
  CHECK(alerts[0] == json{{"type", "high_error_rate"},
                          {"app", "shop"},
                          {"severity", "critical"},
                          {"message", "20 % errors; at worst 35 %; for 7 min now"},
                          {"raised_message", "30 % errors"},
                          {"value", 30.0},
                          {"current_value", 20.0},
                          {"worst_value", 35.0},
                          {"duration_s", 451.118},
                          {"timestamp", "2026-03-02T14:00:00.000Z"},
                          {"resolved", false}});
  CHECK(alerts[1]["app"] == "");
  CHECK(alerts[1]["value"] == 2.5);
  CHECK(alerts[1]["message"] == "away; over after 10 min");
  CHECK(alerts[1]["duration_s"] == 600.0);
  CHECK(alerts[1]["resolved"] == true);
  CHECK(alerts[1]["resolved_at"] == "2026-03-02T13:53:20.000Z");
}

TEST_CASE("metrics JSON: the webhook, if there is one") {
  auto report = two_alerts();
  CHECK_FALSE(rendered(sample(), report).contains("webhook"));
  report.webhook = webhook_status{7, 2, 1};
  CHECK(rendered(sample(), report)["webhook"] == json{{"delivered", 7}, {"dropped", 2}, {"waiting", 1}});
}

TEST_CASE("metrics JSON: the cluster, if there is one") {
  auto metrics = sample();
  CHECK_FALSE(rendered(metrics).contains("cluster"));
  metrics.cluster = cluster_view{"a", {"a", "b"}, {"c"}, {"c"}};
  const auto cluster = rendered(metrics)["cluster"];
  CHECK(cluster["node"] == "a");
  CHECK(cluster["answered"] == json{"a", "b"});
  CHECK(cluster["missing"] == json::array({"c"}));
  CHECK(cluster["from_database"] == json::array({"c"}));
  CHECK(cluster["forwarded_frames"] == 0);
}

TEST_CASE("metrics JSON: our own fields") {
  const auto m = rendered(sample());
  CHECK(m["window"] == "1h");
  CHECK(m["apps"] == json{"blog", "shop"});
  CHECK(m["error_codes"] == json{{"H12", 1}, {"H18", 2}});
  CHECK(m["failure_rate"] == 20.0);
  CHECK(m["websockets"] == json{{"count", 0}, {"avg_ms", 0.0}, {"p50_ms", 0}, {"p95_ms", 0}, {"max_ms", 0}});
  REQUIRE(m["endpoints"].size() == 2);
  const auto& first = m["endpoints"][0];
  CHECK(first["path"] == "/a");
  CHECK(first["app"] == "shop");
  CHECK(first["count"] == 7);
  CHECK(first["error_rate"].get<double>() == doctest::Approx(100.0 / 7));
  CHECK(first["failure_rate"].get<double>() == doctest::Approx(100.0 / 7));
  CHECK(first["avg_ms"] == 40.0);
  CHECK(first["p50_ms"] == 40);
  CHECK(first["p95_ms"] == 40);
  CHECK(first["p99_ms"] == 40);
  CHECK(first["count_error"] == 0);
  REQUIRE(m["dynos"].size() == 2);
  CHECK(m["dynos"][0]["name"] == "web.1");
  CHECK(m["dynos"][0]["app"] == "shop");
  CHECK(m["dynos"][0]["status"] == "healthy");
  CHECK(m["dynos"][1]["status"] == "critical");
  CHECK(m["dynos"][0]["count"] == 8);
  const auto& ingest = m["ingest"];
  CHECK(ingest["lines"] == 15);
  CHECK(ingest["bytes"] == 3000);
  CHECK(ingest["malformed"] == 2);
  CHECK(ingest["count_mismatches"] == 1);
  CHECK(ingest["duplicates"] == 4);
  CHECK(ingest["overloaded"] == 5);
  CHECK(ingest["salvaged"] == 7);
  CHECK(ingest["held_requests"] == 2);
  CHECK(m["journal"] ==
        json{{"bytes", 5000}, {"disk_bytes", 8192}, {"oldest_age_s", 2.5}, {"lost_frames", 6}});
  CHECK(m["database"] == json{{"kind", "sqlite"},
                              {"connected", true},
                              {"busy_s", 0.0},
                              {"lag_lines", 9},
                              {"stored_lines", 70},
                              {"rejected_frames", 3},
                              {"last_error", "disk full"},
                              {"transaction_lines", 0},
                              {"log_bytes", 0},
                              {"stopped", ""},
                              {"retention_waits", ""}});
}

TEST_CASE("metrics JSON: shows for how long the DB writer has been in its transaction") {
  const auto busy_s = [](std::chrono::milliseconds before) {
    metrics_snapshot asked;
    asked.question.now = timestamp{std::chrono::hours{490'000}};
    alert_report report;
    report.writer = sqlite_writer();
    report.writer->busy_since = asked.question.now - before;
    return json::parse(metrics_json(asked, report, {}))["database"]["busy_s"];
  };
  CHECK(busy_s(std::chrono::milliseconds{2500}) == 2.5);
  CHECK(busy_s(std::chrono::milliseconds{-1}) == 0.0); // it began after the question
}

TEST_CASE("metrics JSON: nothing counted is zeros and empty objects, and never null") {
  metrics_snapshot nothing;
  const auto text = metrics_json(nothing, {}, {});
  CHECK(text.find("null") == std::string::npos);
  const auto m = json::parse(text);
  CHECK(m["total_requests"] == 0);
  CHECK(m["success_rate"] == 0.0);
  CHECK(m["error_rate"] == 0.0);
  CHECK(m["failure_rate"] == 0.0);
  CHECK(m["p99_response_time"] == 0);
  CHECK(m["top_countries"] == json::object());
  CHECK(m["top_endpoints"] == json::object());
  CHECK(m["dyno_performance"] == json::object());
  CHECK(m["active_alerts"] == json::array());
  CHECK(m["channel_health"]["raw_log_chan_usage"] == 0.0);
  CHECK(m["window"] == "all");
}

TEST_CASE("metrics JSON: the top lists hold the twenty most frequent, the rows all") {
  auto metrics = sample();
  std::vector<rollup::heavy_hitters<rollup::request_stats>::entry> many;
  for (std::uint64_t i = 10; i < 35; ++i)
    many.push_back({of_shop("/" + std::to_string(i)), stats(i, 0, 1), 0});
  metrics.totals.endpoints = {many, 500};
  for (char c = 'A'; c <= 'Y'; ++c)
    metrics.totals.countries[std::string("X") + c] = static_cast<std::uint64_t>(c);
  const auto m = rendered(metrics);
  CHECK(m["top_endpoints"].size() == 20);
  CHECK(m["top_endpoints"].contains("shop /34"));
  CHECK_FALSE(m["top_endpoints"].contains("shop /14"));
  CHECK(m["endpoints"].size() == 25);
  CHECK(m["endpoints"][0]["path"] == "/34");
  CHECK(m["top_countries"].size() == 20);
  CHECK(m["top_countries"].contains("XY"));
  CHECK_FALSE(m["top_countries"].contains("DE"));
}

TEST_CASE("metrics JSON: names of any bytes make valid JSON") {
  auto metrics = sample();
  metrics.apps = {"a\"\\\n\xff\xc3"};
  metrics.totals.dynos = {{std::string("\xfe\0x", 3), stats(1, 0, 1)}};
  const auto m = rendered(metrics);
  CHECK(m["apps"].size() == 1);
  CHECK(m["dynos"].size() == 1);
}

TEST_CASE("metrics JSON: dynos and endpoints of two apps stand side by side, with their app") {
  auto metrics = sample();
  auto& totals = metrics.totals;
  const auto of_blog = [](std::string_view name) { return rollup::qualified_name("blog", name); };
  totals.dynos.emplace(of_blog("web.1"), stats(4, 1, 20));
  totals.endpoints = {{{of_blog("/a"), stats(9, 0, 20), 0}, {of_shop("/a"), stats(7, 1, 40), 0}}, 500};
  totals.platform.dynos[of_blog("web.1")].r14 = 1;
  totals.platform.dynos[of_shop("web.1")].starts = 1;
  const auto m = rendered(metrics);
  REQUIRE(m["dynos"].size() == 3);
  CHECK(m["dynos"][0]["app"] == "blog");
  CHECK(m["dynos"][0]["name"] == "web.1");
  CHECK(m["dynos"][0]["count"] == 4);
  CHECK(m["dynos"][0]["status"] == "critical");
  CHECK(m["dynos"][1]["app"] == "shop");
  CHECK(m["dynos"][1]["name"] == "web.1");
  CHECK(m["dynos"][1]["count"] == 8);
  REQUIRE(m["endpoints"].size() == 2);
  CHECK(m["endpoints"][0]["app"] == "blog");
  CHECK(m["endpoints"][1]["path"] == "/a");
  CHECK(m["endpoints"][1]["app"] == "shop");
  CHECK(m["top_endpoints"] == json{{"blog /a", 9}, {"shop /a", 7}});
  CHECK(m["dyno_performance"].size() == 3);
  CHECK(m["dyno_memory"]["blog web.1"]["r14_lines"] == 1);
  CHECK(m["dyno_memory"]["shop web.1"]["r14_lines"] == 0);
  // If there is only one app, its names need no prefix.
  metrics.apps = {"shop"};
  CHECK(rendered(metrics)["dyno_memory"].contains("web.1"));
}

TEST_CASE("metrics JSON: WebSockets have lengths of their own") {
  auto metrics = sample();
  metrics.totals.by_status = {{101, 3}};
  for (const int ms : {60'000, 394'240, 577'000})
    metrics.totals.websockets.add(ms);
  const auto found = rendered(metrics)["websockets"];
  CHECK(found["count"] == 3);
  CHECK(found["avg_ms"].get<double>() == doctest::Approx(343'746.67));
  CHECK(found["p50_ms"].get<double>() == doctest::Approx(394'240).epsilon(0.004));
  CHECK(found["max_ms"] == 577'000);
  CHECK(rendered(metrics)["slow_request_count"] == 2);
}

TEST_CASE("metrics JSON: memory and load of dynos, and only what they reported") {
  auto metrics = sample();
  metrics.question.app = "shop";
  metrics.totals.dynos.clear();
  auto& dynos = metrics.totals.platform.dynos;
  auto& web = dynos["web.1"];
  web.memory_total_mb = {2, timestamp{}, 318.44, 400};
  web.memory_rss_mb = rollup::gauge_of({}, 301.12);
  web.memory_swap_mb = rollup::gauge_of({}, 0);
  web.memory_quota_mb = rollup::gauge_of({}, 512);
  web.load_avg_1m = {2, timestamp{}, 0.41, 1.5};
  web.r14 = 7;
  dynos["worker.1"].starts = 2;
  dynos["worker.1"].crashes = 1;
  dynos["worker.1"].r15 = 3;
  CHECK(rendered(metrics)["dyno_memory"] == json{{"web.1",
                                                  {{"name", "web.1"},
                                                   {"app", "shop"},
                                                   {"total_mb", 318.44},
                                                   {"max_total_mb", 400.0},
                                                   {"rss_mb", 301.12},
                                                   {"max_rss_mb", 301.12},
                                                   {"swap_mb", 0.0},
                                                   {"max_swap_mb", 0.0},
                                                   {"quota_mb", 512.0},
                                                   {"load_1m", 0.41},
                                                   {"max_load_1m", 1.5},
                                                   {"starts", 0},
                                                   {"crashes", 0},
                                                   {"r14_lines", 7},
                                                   {"r15_lines", 0},
                                                   {"status", "warning"}}},
                                                 {"worker.1",
                                                  {{"name", "worker.1"},
                                                   {"app", "shop"},
                                                   {"starts", 2},
                                                   {"crashes", 1},
                                                   {"r14_lines", 0},
                                                   {"r15_lines", 3},
                                                   {"status", "crashed"}}}});
  CHECK(rendered(sample())["dyno_memory"] == json::object());
}

TEST_CASE("metrics JSON: add-ons, releases and what the sender lost") {
  auto metrics = sample();
  auto& platform = metrics.totals.platform;
  platform.releases = 4;
  platform.deploys = 3;
  platform.dropped_by_sender = 317;
  platform.custom_samples = 12;
  platform.addon_samples_left_out = 5;
  auto& database = platform.addons["postgresql-\xFF-40817"];
  database.proc = "heroku-postgres";
  database.values["db_size"] = {{2, timestamp{}, 7340032512.0, 8e9}, "bytes"};
  database.values["load-avg-1m"] = {rollup::gauge_of({}, 0.25), ""};
  const auto m = rendered(metrics);
  CHECK(m["addons"] == json{{"postgresql-\uFFFD-40817",
                             {{"proc", "heroku-postgres"},
                              {"values",
                               {{"db_size", {{"last", 7340032512.0}, {"max", 8e9}, {"unit", "bytes"}}},
                                {"load-avg-1m", {{"last", 0.25}, {"max", 0.25}, {"unit", ""}}}}}}}});
  CHECK(m["releases"] == 4);
  CHECK(m["deploys"] == 3);
  CHECK(m["ingest"]["dropped_by_sender"] == 317);
  CHECK(m["ingest"]["custom_samples"] == 12);
  CHECK(m["ingest"]["addon_samples_left_out"] == 5);
  CHECK(rendered(sample())["addons"] == json::object());
}

TEST_CASE("metrics JSON: methods, statuses, visitors and events") {
  auto metrics = sample();
  auto& totals = metrics.totals;
  totals.by_method = {1, 2, 3, 4, 5, 6, 7, 8};
  totals.by_status = {{200, 5}, {404, 1}};
  for (const std::uint32_t client : {5u, 6u})
    totals.visitors.add(client);
  totals.platform.dynos["web.1"].starts = 1;
  totals.platform.dynos["web.2"].starts = 2;
  totals.platform.dynos["web.2"].crashes = 3;
  totals.platform.releases = 4;
  totals.platform.deploys = 5;
  totals.late = 6;
  totals.early = 7;
  totals.samples_left_out = 8;
  const auto m = rendered(metrics);
  CHECK(m["methods"] == json{{"GET", 1},
                             {"POST", 2},
                             {"PUT", 3},
                             {"DELETE", 4},
                             {"other", 5},
                             {"HEAD", 6},
                             {"PATCH", 7},
                             {"OPTIONS", 8}});
  CHECK(m["other_requests"] == 26);
  CHECK(m["statuses"] == json{{"200", 5}, {"404", 1}});
  CHECK(m["visitors"] == 2);
  CHECK(m["events"] == json{{"restarts", 3}, {"crashes", 3}, {"releases", 4}, {"deploys", 5}});
  CHECK(m["ingest"]["late"] == 6);
  CHECK(m["ingest"]["early"] == 7);
  CHECK(m["ingest"]["samples_left_out"] == 8);
}

TEST_CASE("metrics JSON: the app's own numbers, and what found no room") {
  auto metrics = sample();
  auto& custom = metrics.totals.custom;
  custom.counts["orders@checkout"].observations = 2;
  custom.counts["orders@checkout"].sum.add(2.5);
  const timestamp first{}, then{1s};
  custom.gauges[rollup::series_key("depth", "jobs")] = {{"jobs", first}, {2, {}, 5, 9}, -1};
  custom.gauges[rollup::series_key("depth", "")] = {{"", then}, {1, {}, 3, 3}, 3};
  auto& query = custom.measures[rollup::series_key("db.query", "ms")];
  query.unit = {"ms", then};
  for (const double ms : {0.4, 0.6, 2.0})
    query.values.add(rollup::kept_value(ms, "ms"));
  // Has no values here, but its unit came first.
  custom.measures[rollup::series_key("size", "MB")].unit = {"MB", first};
  auto& size = custom.measures[rollup::series_key("size", "kB")];
  size.unit = {"kB", then};
  size.values.add(3);
  custom.uniques["buyers"].observations = 3;
  custom.uniques["buyers"].members.add(1);
  custom.overflow = 11;
  metrics.other_apps_lines = 15;
  metrics.totals.platform.addon_samples_left_out = 12;
  metrics.totals.error_codes["other"] = 13;
  metrics.totals.dynos["other"] = stats(14, 0, 1);
  metrics.totals.endpoints = {{{"/a", stats(7, 1, 40), 0}, {"/b", stats(3, 2, 100), 0}}, 1};
  metrics.totals.dynos[of_shop("other")] = stats(2, 0, 1);
  const auto m = rendered(metrics);
  CHECK(m["custom"] ==
        json{{"counts", {{"orders@checkout", {{"sum", 2.5}, {"samples", 2}}}}},
             {"gauges",
              {{"depth", {{"last", 5.0}, {"min", -1.0}, {"max", 9.0}, {"unit", "jobs"}}},
               {"depth (no unit)", {{"last", 3.0}, {"min", 3.0}, {"max", 3.0}, {"unit", ""}}}}},
             {"measures",
              {{"db.query",
                {{"samples", 3},
                 {"sum", 3.0},
                 {"mean", 1.0},
                 {"min", 0.4},
                 {"p50", 0.6},
                 {"p95", 2.0},
                 {"p99", 2.0},
                 {"max", 2.0},
                 {"unit", "ms"}}},
               {"size (kB)",
                {{"samples", 1},
                 {"sum", 3.0},
                 {"mean", 3.0},
                 {"min", 3.0},
                 {"p50", 3.0},
                 {"p95", 3.0},
                 {"p99", 3.0},
                 {"max", 3.0},
                 {"unit", "kB"}}}}},
             {"uniques", {{"buyers", {{"distinct", 1}, {"samples", 3}}}}}});
  CHECK(m["folded"] == json{{"apps", 15},
                            {"endpoints", 3},
                            {"dynos", 16},
                            {"error_codes", 13},
                            {"custom", 11},
                            {"addons", 12}});
}

} // namespace json_test
