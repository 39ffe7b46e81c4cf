// Metrics, series and health: answers, keys and rates.
#include <doctest/doctest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "tests/support/free_port.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace api_test {

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

settings with_key() {
  settings values;
  values.http.api_key = secret{"k3y"};
  return values;
}

void check_error(const http_answer& answer, int status, const std::string& code) {
  CHECK(answer.status == status);
  CHECK(json::parse(answer.body)["error"] == code);
  CHECK(json::parse(answer.body)["message"].get<std::string>().size() > 10);
}

} // namespace

TEST_CASE("metrics: are JSON of what the boxes say") {
  stub_service service;
  const auto answer = service.get("/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "application/json");
  CHECK(answer.header("Cache-Control") == "no-store");
  const auto m = json::parse(answer.body);
  CHECK(m["total_requests"] == 42);
  CHECK(m["ingest"]["duplicates"] == 77);
  CHECK(m["database"]["kind"] == "sqlite");
  CHECK(m["window"] == "all");
}

TEST_CASE("metrics: alerts are the judge's, of all nodes, and for a scraper of this one") {
  stub_service service;
  CHECK(json::parse(service.get("/metrics?app=shop").body)["active_alerts"][0]["type"] == "high_error_rate");
  CHECK(service.script->last_alerts_question().app == "shop");
  CHECK(service.script->last_alerts_question().of == reach::all_nodes);
  const auto exposition = service.get("/metrics", "Accept: text/plain\r\n").body;
  CHECK(exposition.find("parseflow_alert_open{type=\"high_error_rate\"") != std::string::npos);
  CHECK(service.script->last_alerts_question().of == reach::this_node);
}

TEST_CASE("metrics: in a cluster the forwarder reports what goes to other nodes") {
  stub_service service;
  service.script->is_in_cluster = true;
  CHECK(json::parse(service.get("/metrics").body)["cluster"]["forwarded_frames"] == 9);
  service.script->forwarder_hangs = true;
  check_error(service.get("/metrics"), 503, "pipeline_busy");
}

TEST_CASE("metrics: app and window reach the metrics") {
  stub_service service;
  for (const auto span :
       {window::one_minute, window::five_minutes, window::one_hour, window::one_day, window::all}) {
    const auto path = "/metrics?app=my%20shop&window=" + std::string{to_string(span)};
    CHECK(json::parse(service.get(path).body)["window"] == std::string{to_string(span)});
    CHECK(service.script->last_question().app == "my shop");
    CHECK(service.script->last_question().span == span);
  }
}

TEST_CASE("metrics: an app of which nothing is known is marked as unknown") {
  stub_service service;
  CHECK(json::parse(service.get("/metrics?app=typo").body)["app_known"] == false);
  CHECK(json::parse(service.get("/metrics?app=an%20app%20with%20a%20name").body)["app_known"] == true);
  CHECK(json::parse(service.get("/metrics").body)["app_known"] == true);
}

TEST_CASE("metrics: show how many clients are connected") {
  settings values;
  values.http.max_connections = 7;
  stub_service service{values};
  http_connection idle{service.port()};
  REQUIRE(idle.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"));
  REQUIRE(idle.receive());
  const auto connections = json::parse(service.get("/metrics").body)["connections"];
  CHECK(connections["open"] == 2);
  CHECK(connections["limit"] == 7);
  CHECK(connections["closed_for_others"] == 0);
  CHECK(connections["refused_by_address"] == 0);
  CHECK(connections["streams"] == 0);
  CHECK(service.get("/metrics", "Accept: text/plain\r\n").body.find("\nparseflow_connections_limit 7\n") !=
        std::string::npos);
}

TEST_CASE("metrics: show who follows lines") {
  stub_service service;
  const auto tails = json::parse(service.get("/metrics").body)["tails"];
  CHECK(tails == json{{"readers", 3}, {"lines_shown", 500}, {"lines_skipped", 70}});
  const auto text = service.get("/metrics", "Accept: text/plain\r\n").body;
  CHECK(text.find("\nparseflow_tails 3\n") != std::string::npos);
  CHECK(text.find("\nparseflow_tail_lines_shown_total 500\n") != std::string::npos);
  CHECK(text.find("\nparseflow_tail_lines_skipped_total 70\n") != std::string::npos);
}

TEST_CASE("metrics: an unknown window is 400 and names those there are") {
  stub_service service;
  for (const auto* text : {"2m", "", "1M", "all "}) {
    const auto answer =
        service.get("/metrics?window=" + std::string{text == std::string("all ") ? "all%20" : text});
    check_error(answer, 400, "unknown_window");
    CHECK(answer.body.find("1m, 5m, 1h, 24h or all") != std::string::npos);
  }
}

TEST_CASE("metrics: who asks for text gets the Prometheus form, who names JSON gets JSON") {
  stub_service service;
  for (const auto* accept :
       {"application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "text/plain"}) {
    const auto answer = service.get("/metrics?app=blog", std::string("Accept: ") + accept + "\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(answer.body.find("heroku_request_errors_total{app=\"blog\"} 0\n") != std::string::npos);
    CHECK(answer.body.find("\nparseflow_duplicate_frames_total 77\n") != std::string::npos);
  }
  for (const auto* accept : {"application/json, text/plain, */*", "*/*", "text/html,*/*;q=0.8"})
    CHECK(service.get("/metrics", std::string("Accept: ") + accept + "\r\n").header("Content-Type") ==
          "application/json");
  service.script->metrics_hang = true;
  CHECK(service.get("/metrics", "Accept: text/plain\r\n").status == 503);
}

TEST_CASE(
    "metrics: until the past is restored JSON says so, and Prometheus sees no counter that would fall") {
  stub_service service;
  CHECK(json::parse(service.get("/metrics").body)["restoring"] == false);
  service.script->is_restoring = true;
  const auto answer = service.get("/metrics");
  CHECK(answer.status == 200);
  CHECK(json::parse(answer.body)["restoring"] == true);
  const auto exposition = service.get("/metrics", "Accept: text/plain\r\n");
  check_error(exposition, 503, "restoring");
  CHECK_FALSE(exposition.header("Retry-After").empty());
  const auto readiness = service.get("/readyz");
  CHECK(readiness.status == 200);
  CHECK(json::parse(readiness.body)["restoring"] == true);
}

TEST_CASE("metrics: HEAD has the headers of GET and no body") {
  stub_service service;
  httplib::Client client{"127.0.0.1", service.port()};
  client.set_keep_alive(true);
  const httplib::Headers plain{{"Accept-Encoding", "identity"}}; // the default varies by httplib version
  for (int i = 0; i < 2; ++i) { // a body would be taken for the second answer
    const auto answer = client.Head("/metrics", plain);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->get_header_value("Content-Type") == "application/json");
    CHECK(std::stoi(answer->get_header_value("Content-Length")) > 1000);
  }
}

TEST_CASE("metrics: a compressed answer is sent to who asks for it") {
  stub_service service;
  const auto answer = service.get("/metrics", "Accept-Encoding: gzip\r\n");
  CHECK(answer.header("Content-Encoding") == "gzip");
  CHECK(service.get("/metrics", "Accept-Encoding: br\r\n").header("Content-Encoding").empty());
  CHECK(answer.body.size() < service.get("/metrics").body.size() / 2);
}

TEST_CASE("metrics: a pipeline that does not answer is 503") {
  stub_service service;
  service.script->metrics_hang = true;
  const auto answer = service.get("/metrics");
  check_error(answer, 503, "pipeline_busy");
  CHECK(answer.header("Retry-After") == "1");
  service.script->metrics_hang = false;
  service.script->judge_hangs = true;
  check_error(service.get("/metrics"), 503, "pipeline_busy");
  service.script->judge_hangs = false;
  CHECK(service.get("/metrics").status == 200);
}

TEST_CASE("metrics: the database counts as away until the DB writer has reported") {
  stub_service service;
  CHECK(json::parse(service.get("/metrics").body)["database"]["connected"] == true);
  service.script->writer_has_reported = false;
  CHECK(json::parse(service.get("/metrics").body)["database"]["connected"] == false);
  CHECK(service.get("/metrics", "Accept: text/plain\r\n").body.find("\nparseflow_database_connected 0\n") !=
        std::string::npos);
}

TEST_CASE("metrics: other methods are 405 with Allow") {
  stub_service service;
  const auto answer = service.post("x", "", "/metrics");
  check_error(answer, 405, "method_not_allowed");
  CHECK(answer.header("Allow") == "GET, HEAD, OPTIONS");
}

TEST_CASE("API: other origins may ask, if they are allowed to") {
  settings values;
  values.http.cors_origin = "*";
  stub_service open{values};
  CHECK(open.get("/metrics").header("Access-Control-Allow-Origin") == "*");
  const auto preflight = open.get("/api/series", "Origin: https://x\r\n", "OPTIONS");
  CHECK(preflight.status == 204);
  CHECK(preflight.header("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS");
  CHECK(preflight.header("Access-Control-Allow-Headers").find("X-API-Key") != std::string::npos);
  CHECK(open.get("/healthz").header("Access-Control-Allow-Origin").empty());

  stub_service closed;
  CHECK(closed.get("/metrics").header("Access-Control-Allow-Origin").empty());
}

TEST_CASE("API: the key is asked for, and taken from either header") {
  auto values = with_key();
  values.http.cors_origin = "*";
  stub_service service{values};
  for (const auto* path : {"/metrics", "/api/series?metric=requests"}) {
    for (const auto* header : {"", "Authorization: Bearer wrong\r\n", "X-API-Key: k3y2\r\n", "X-API-Key:\r\n",
                               "Authorization: Basic azN5\r\n", "Cookie: parseflow_session=0\r\n"}) {
      const auto answer = service.get(path, header);
      check_error(answer, 401, "unauthorized");
      CHECK(answer.header("WWW-Authenticate").starts_with("Bearer "));
      CHECK(answer.header("Access-Control-Allow-Origin") == "*"); // lets a page read the error
    }
    for (const auto* header :
         {"Authorization: Bearer k3y\r\n", "authorization: bearer k3y\r\n", "X-API-Key: k3y\r\n"})
      CHECK(service.get(path, header).status == 200);
  }
  CHECK(service.get("/metrics?api_key=k3y").status == 401);
  CHECK(service.get("/metrics", "", "OPTIONS").status == 204);
  CHECK(service.get("/healthz").status == 200);
  CHECK(service.get("/readyz").status == 200);
}

TEST_CASE("API: beyond its rate a caller is 429 with Retry-After, drains and health are not") {
  auto values = with_key();
  values.http.requests_per_minute = 3;
  stub_service service{values};
  for (int i = 0; i < 3; ++i)
    CHECK(service.get("/metrics", "X-API-Key: k3y\r\n").status == 200);
  const auto answer = service.get("/metrics", "X-API-Key: k3y\r\n");
  check_error(answer, 429, "too_many_requests");
  CHECK(std::stoi(answer.header("Retry-After")) >= 1);
  CHECK(std::stoi(answer.header("Retry-After")) <= 20);
  // Guesses have a limit of their own, by address.
  for (int i = 0; i < 3; ++i)
    CHECK(service.get("/metrics", "X-API-Key: guess\r\n").status == 401);
  CHECK(service.get("/metrics", "X-API-Key: guess\r\n").status == 429);
  for (int i = 0; i < 10; ++i) {
    CHECK(service.post("x").status == 204);
    CHECK(service.get("/healthz").status == 200);
    CHECK(service.get("/readyz").status == 200);
  }
}

TEST_CASE("API: another key, rate and origin are taken up while it serves") {
  auto values = with_key();
  stub_service service{values};
  CHECK(service.get("/metrics", "X-API-Key: k3y\r\n").status == 200);
  values.http.api_key = secret{"another"};
  values.http.cors_origin = "https://example.com";
  values.http.requests_per_minute = 2;
  service.server().take_up(values);
  check_error(service.get("/metrics", "X-API-Key: k3y\r\n"), 401, "unauthorized");
  for (int i = 0; i < 2; ++i) {
    const auto answer = service.get("/metrics", "X-API-Key: another\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.header("Access-Control-Allow-Origin") == "https://example.com");
  }
  CHECK(service.get("/metrics", "X-API-Key: another\r\n").status == 429);
  values.http.requests_per_minute = 0;
  values.http.cors_origin = "";
  values.http.api_key = secret{};
  service.server().take_up(values);
  const auto open = service.get("/metrics");
  CHECK(open.status == 200);
  CHECK(open.header("Access-Control-Allow-Origin").empty());
  CHECK(service.get("/metrics", "Origin: https://example.com\r\n").status ==
        403); // nobody but this machine's own
}

TEST_CASE("API: beyond a number of wrong keys an address is 429, the right key is taken") {
  stub_service service{with_key()};
  for (std::uint32_t i = 0; i < http::failed_tries::per_minute; ++i)
    CHECK(service.get("/metrics", "X-API-Key: guess\r\n").status == 401);
  check_error(service.get("/metrics", "X-API-Key: guess\r\n"), 429, "too_many_wrong_keys");
  CHECK(service.get("/metrics").status == 401); // does not count as a guess
  CHECK(service.get("/metrics", "X-API-Key: k3y\r\n").status == 200);
}

TEST_CASE("API: wrong secrets are counted") {
  auto values = with_key();
  values.http.drains = *parse_drains("shop:u:p");
  stub_service service{values};
  CHECK(service.get("/metrics", "X-API-Key: guess\r\n").status == 401);
  CHECK(service.post(R"({"api_key":"guess"})", "Content-Type: application/json\r\n", "/session").status ==
        401);
  CHECK(service.get("/metrics").status == 401); // no try
  CHECK(service.post("x").status == 401);
  CHECK(service.post("x", "Authorization: Basic dTpx\r\n").status == 401);
  CHECK(service.post("x", "Authorization: Basic eDpw\r\n").status == 401);
  const auto counts =
      nlohmann::json::parse(service.get("/metrics", "X-API-Key: k3y\r\n").body)["wrong_credentials"];
  CHECK(counts["api_keys"] == 2);
  CHECK(counts["drains"] == 3);
}

TEST_CASE("API: the private address answers health checks and metrics, and nothing else") {
  auto values = with_key();
  const auto port = free_port();
  values.http.private_listen = "127.0.0.1:" + std::to_string(port);
  values.http.max_connections = 1;
  stub_service service{values};
  const http_connection only{service.port()}; // strangers wait in the queue of the first address now
  CHECK(http_request(port, "GET", "/healthz").status == 200);
  CHECK(http_request(port, "GET", "/readyz").status == 200);
  CHECK(http_request(port, "GET", "/metrics").status == 401);
  CHECK(http_request(port, "GET", "/metrics", "X-API-Key: k3y\r\n").status == 200);
  for (const auto* path : {"/", "/dashboard", "/api/series", "/session"})
    CHECK_MESSAGE(http_request(port, "GET", path, "X-API-Key: k3y\r\n").status == 404, path);
  CHECK(http_request(port, "POST", "/logdrains", "Content-Length: 0\r\n").status == 404);
}

TEST_CASE("API: an unknown parameter is 400 and names those there are") {
  stub_service service;
  for (const auto* path :
       {"/metrics?windw=5m", "/metrics?app=shop&limit=3", "/api/series?metric=requests&window=1h"}) {
    const auto answer = service.get(path);
    check_error(answer, 400, "unknown_parameter");
    CHECK(answer.body.find("app, ") != std::string::npos);
  }
  check_error(service.get("/metrics?x=1", "Accept: text/plain\r\n"), 400, "unknown_parameter");
  CHECK(service.get("/metrics?").status == 200);
  CHECK(service.get("/metrics?app=&window=1m").status == 200);
}

TEST_CASE("series: a name that is no UTF-8 is 400") {
  stub_service service;
  for (const auto* name : {"code:%ff", "%ff", "code:H12%c3", "custom:%ed%a0%80"})
    check_error(service.get(std::string("/api/series?metric=") + name), 400, "bad_series");
  CHECK(service.get("/api/series?metric=custom:%c3%bc").status == 200);
  CHECK(service.get("/api/series?metric=requests&app=%ff").status == 200); // senders choose any name
}

TEST_CASE("series: are points of unix seconds and values") {
  stub_service service;
  const auto answer = service.get("/api/series?metric=requests&app=shop&from=600&to=1200&step=120");
  CHECK(answer.status == 200);
  CHECK(json::parse(answer.body) ==
        json{{"metric", "requests"}, {"step_s", 120}, {"points", {{600, 2.0}, {720, 3.0}}}});
  const auto asked = service.script->last_series();
  CHECK(asked.metrics == std::vector<std::string>{"requests"});
  CHECK(asked.app == "shop");
  CHECK(asked.step == 2min);
}

TEST_CASE("series: several metrics are one question") {
  stub_service service;
  const auto answer = service.get("/api/series?metric=requests,errors&from=600&to=1200&step=120");
  CHECK(answer.status == 200);
  CHECK(json::parse(answer.body) == json{{"step_s", 120},
                                         {"series",
                                          {{{"metric", "requests"}, {"points", {{600, 2.0}, {720, 3.0}}}},
                                           {{"metric", "errors"}, {"points", {{600, 0.0}, {720, 0.0}}}}}}});
  CHECK(service.script->last_series().metrics == std::vector<std::string>{"requests", "errors"});
}

TEST_CASE("series: a wrong question is 400, a busy pipeline 503") {
  stub_service service;
  check_error(service.get("/api/series"), 400, "bad_series");
  const auto unknown = service.get("/api/series?metric=x");
  check_error(unknown, 400, "bad_series");
  CHECK(unknown.body.find("p95_ms") != std::string::npos);
  check_error(service.get("/api/series?metric=requests&step=1"), 400, "bad_series");
  service.script->metrics_hang = true;
  check_error(service.get("/api/series?metric=requests"), 503, "pipeline_busy");
}

TEST_CASE("health: is 200 whenever the process serves") {
  stub_service service;
  service.script->receiver_hangs = service.script->metrics_hang = true;
  const auto answer = service.get("/healthz");
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"status":"ok"})");
}

TEST_CASE("readiness: needs the pipeline, and not the database") {
  stub_service service;
  CHECK(json::parse(service.get("/readyz").body)["status"] == "ready");
  CHECK(service.script->last_question().of == reach::this_node);
  CHECK(service.script->last_alerts_question().of == reach::this_node);
  service.script->judge_hangs = true;
  const auto without_judge = service.get("/readyz");
  CHECK(without_judge.status == 200);
  CHECK(json::parse(without_judge.body)["database"].is_null());
  service.script->judge_hangs = false;
  service.script->database_is_connected = false;
  const auto without_database = service.get("/readyz");
  CHECK(without_database.status == 200);
  CHECK(json::parse(without_database.body)["database"]["connected"] == false);
  service.script->writer_has_reported = false;
  CHECK(service.get("/readyz").status == 200);
  service.script->receiver_hangs = true;
  const auto start = std::chrono::steady_clock::now();
  check_error(service.get("/readyz"), 503, "not_ready");
  CHECK(std::chrono::steady_clock::now() - start < 3s);
}

TEST_CASE("readiness: needs room in the journal, and says what is wrong") {
  stub_service service;
  service.script->journal_is_full = true;
  const auto answer = service.get("/readyz");
  check_error(answer, 503, "not_ready");
  CHECK(json::parse(answer.body)["message"] == "There is no room for lines: no space left");
  service.script->journal_is_full = false;
  CHECK(service.get("/readyz").status == 200);
}

TEST_CASE("readiness: strangers learn whether it is ready, and no more") {
  stub_service service{with_key()};
  CHECK(service.get("/readyz").body == R"({"status":"ready"})");
  CHECK(json::parse(service.get("/readyz", "X-API-Key: k3y\r\n").body)["database"]["kind"] == "sqlite");
  service.script->journal_is_full = true;
  const auto answer = service.get("/readyz", "X-API-Key: guess\r\n");
  check_error(answer, 503, "not_ready");
  CHECK(json::parse(answer.body)["message"] == "There is no room for lines.");
  CHECK(json::parse(answer.body).size() == 3);
  CHECK(json::parse(service.get("/readyz", "X-API-Key: k3y\r\n").body)["message"] ==
        "There is no room for lines: no space left");
}

TEST_CASE("server: an unknown path is 404, and its body does not become a request") {
  stub_service service;
  check_error(service.get("/nothing"), 404, "not_found");
  check_error(service.get("/metrics/"), 404, "not_found");
  check_error(service.get("/dashboard/../metrics"), 404, "not_found");
  http_connection conn{service.port()};
  const std::string body = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  REQUIRE(conn.send("POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body));
  CHECK(conn.receive()->status == 404);
  CHECK_FALSE(conn.receive(30ms));
}

TEST_CASE("server: a busy port is a sentence") {
  stub_service first;
  settings values;
  values.http.port = first.port();
  config configuration;
  caf::actor_system system{configuration};
  http::server second{values, {}, system};
  CHECK(problem_in(second.start()).find("http.port") != std::string::npos);
}

} // namespace api_test
