// Lines as people post them by hand, one per request and without an octet count; and secrets in lines, which
// are hidden.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/http_connection.hpp"

using namespace parseflow;
using namespace parseflow::e2e;

namespace {

// Posts as curl does with `-X POST -H … -d LINE`.
http_answer post(service& running, const std::string& frame_id, const std::string& line) {
  http_connection connection{running.port()};
  connection.send("POST /logdrains HTTP/1.1\r\nHost: localhost:" + std::to_string(running.port()) +
                  "\r\nAccept: */*\r\nContent-Type: application/logplex-1\r\nUser-Agent: Logplex/v123\r\n"
                  "Logplex-Msg-Count: 1\r\nLogplex-Frame-Id: " +
                  frame_id + "\r\nContent-Length: " + std::to_string(line.size()) + "\r\n\r\n" + line);
  return connection.receive().value();
}

const std::string text = R"(at=info method=GET path="/x" host=myapp.herokuapp.com request_id=req-1 )"
                         R"(fwd="203.0.113.9" dyno=web.1 connect=1ms service=20ms status=200 bytes=300 )"
                         R"(protocol=https)";

row right_row() {
  traffic::request_facts request;
  // 2025-07-19T10:02:03.123456+00:00
  request.at = timestamp{std::chrono::microseconds{1'752'919'323'123'456}};
  request.method = "GET";
  request.path = "/x";
  request.host = "myapp.herokuapp.com";
  request.request_id = "req-1";
  request.fwd = "203.0.113.9";
  request.dyno = "web.1";
  request.connect_ms = 1;
  request.service_ms = 20;
  request.status = 200;
  request.bytes = 300;
  request.protocol = "https";
  return row_of(request, "default");
}

void check_line(const std::string& line) {
  service running;
  const auto answer = post(running, "frame-1752919200-1", line);
  CHECK(answer.status == 204);
  CHECK(answer.head.starts_with("HTTP/1.1 204 No Content"));
  CHECK(post(running, "frame-1752919200-1", line).status == 204); // the same frame again
  REQUIRE(eventually([&] { return running.metrics().at("total_requests") == 1; }));
  const auto metrics = running.metrics();
  CHECK(metrics.at("status_2xx") == 1);
  CHECK(metrics.at("get_requests") == 1);
  CHECK(metrics.at("p99_response_time") == 20'000'000);
  CHECK(metrics.at("top_endpoints") == nlohmann::json{{"/x", 1}});
  CHECK(metrics.at("dyno_performance").at("web.1").at("request_count") == 1);
  CHECK(metrics.at("ingest").at("malformed") == 0);
  CHECK(metrics.at("ingest").at("duplicates") == 1);
  REQUIRE(running.wait_until_stored());
  const auto database = stored::in_sqlite(running.database());
  CHECK(database.requests() == std::vector<row>{right_row()});
  CHECK(database.lines().empty());
}

} // namespace

TEST_CASE("traffic script: a line as `heroku logs` prints it is counted and stored") {
  check_line("2025-07-19T10:02:03.123456+00:00 heroku[router]: " + text);
}

TEST_CASE("traffic script: a syslog line without a count is counted and stored") {
  check_line("<158>1 2025-07-19T10:02:03.123456+00:00 host heroku router - " + text);
}

TEST_CASE("traffic script: several lines in one body are all counted") {
  service running;
  const auto line = "2025-07-19T10:02:03.123456+00:00 heroku[router]: " + text;
  CHECK(post(running, "frame-2", line + "\n2025-07-19T10:02:04+00:00 app[web.1]: done\n" + line).status ==
        204);
  REQUIRE(eventually([&] { return running.metrics().at("total_requests") == 2; }));
  REQUIRE(running.wait_until_stored());
  const auto lines = stored::in_sqlite(running.database()).lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("text") == "done");
  CHECK(lines[0].at("source") == "app");
  CHECK(lines[0].at("proc") == "web.1");
}

TEST_CASE("redaction: what is to be hidden reaches neither the journal nor the database") {
  service running{
      {{"--redaction.keys=token", "--redaction.email-addresses", "--redaction.query-values"}, {}}};
  const std::string line =
      R"(2025-07-19T10:02:03+00:00 app[web.1]: login token=hunter2 of dev@example.com)"
      "\n"
      R"(2025-07-19T10:02:04+00:00 heroku[router]: at=info method=GET path="/reset?code=hunter2" host=h fwd="" )"
      R"(dyno=web.1 connect=1ms service=20ms status=200 bytes=300 protocol=https)";
  REQUIRE(post(running, "frame-1", line).status == 204);
  REQUIRE(running.wait_until_stored());
  const auto database = stored::in_sqlite(running.database());
  CHECK(database.lines().at(0).at("text") == "login token=******* of ***************");
  CHECK(database.requests().at(0).at("path") == "/reset?code=*******");
  CHECK(running.stop() == 0);
  for (const auto& file : std::filesystem::recursive_directory_iterator{running.database().parent_path()}) {
    if (!file.is_regular_file())
      continue;
    std::ifstream stream{file.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
    CHECK_MESSAGE(bytes.find("hunter2") == std::string::npos, file.path());
    CHECK_MESSAGE(bytes.find("dev@example.com") == std::string::npos, file.path());
  }
}

TEST_CASE("traffic script: an app in the URL beside credentials is ignored, and said once") {
  service running{{{}, {{"PARSEFLOW_DRAINS", "shop:u:p"}}}};
  const auto post_to = [&](const std::string& path, const std::string& id) {
    http_connection connection{running.port()};
    connection.send(drain_request("x", 1, id, "Authorization: Basic dTpw\r\n", path)); // u:p
    return connection.receive().value().status;
  };
  const std::string sentence = "?app= is ignored: lines count for the app of the credentials";
  CHECK(post_to("/logdrains?app=shop", "1") == 204);
  CHECK(running.program().standard_error().find(sentence) == std::string::npos);
  for (const auto* id : {"2", "3", "4"})
    CHECK(post_to("/logdrains?app=other", id) == 204);
  REQUIRE(running.program().wait_for_error_text("user=u app=shop ignored=other\n", timeout));
  const auto said = running.program().standard_error();
  CHECK(said.find(sentence) == said.rfind(sentence));
  CHECK(running.metrics().at("apps") == std::vector<std::string>{"shop"});
}
