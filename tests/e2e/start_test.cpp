// Starts that must fail with one sentence, and a start without the database, which must not fail.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

// One line names the mistake; any other lines only report what worked until then.
void check_refusal(const service_options& options, const std::vector<std::string>& words) {
  const auto failed = start_in_vain(options);
  CAPTURE(failed.error);
  REQUIRE(failed.status);
  CHECK(*failed.status > 0);
  std::istringstream lines{failed.error};
  int sentences = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" level=info ") != std::string::npos)
      continue;
    ++sentences;
    CHECK(line.starts_with("parseflow: "));
  }
  CHECK(sentences == 1);
  for (const auto& word : words)
    CHECK_MESSAGE(failed.error.find(word) != std::string::npos, word);
}

traffic::body some_body() {
  traffic::generator app{{}, 11};
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  return app.next(50, now - 1s, now);
}

} // namespace

TEST_CASE("start: a test whose program is missing ends with a sentence") {
  service running;
  running.options().launcher = {"/no/such/program"};
  CHECK_THROWS_WITH_AS(running.start(), "there is no program /no/such/program", std::runtime_error);
  CHECK(running.log().empty());
  CHECK_THROWS_WITH_AS(running.kill(), "the program does not run: its last start found none",
                       std::runtime_error);
}

TEST_CASE("start: a busy port stops it with one sentence") {
  scripted_server other{{}};
  const auto port = std::to_string(other.port());
  check_refusal({{"--http.port=" + port}, {}}, {port, "in use"});
}

TEST_CASE("start: one that cannot listen has made nothing") {
  scripted_server other{{}};
  const temp_dir folder;
  const auto data = folder / "data", database = folder / "other.db";
  for (const auto& place :
       {"--http.port=" + std::to_string(other.port()), std::string{"--http.host=192.0.2.1"}})
    check_refusal({{"--storage.directory=" + data.string(), "--http.allow-anonymous-drains",
                    "--http.allow-anonymous-metrics", place},
                   {{"DATABASE_URL", "sqlite:" + database.string()}}},
                  {"cannot listen"});
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("start: more connections than the system allows files are refused") {
  const temp_dir folder;
  process program{"/usr/bin/prlimit",
                  {"--nofile=1024:1024", tested_program(), "--http.max-connections=3000", "--http.port=0",
                   "--storage.directory=" + (folder / "data").string()}};
  CHECK(program.wait(timeout) == 1);
  CHECK(
      program.standard_error() ==
      "parseflow: http.max-connections is 3000, but this process may open only 1024 files, and needs 256 for "
      "other things: raise the limit (ulimit -Hn, LimitNOFILE=) to 3256, or lower http.max-connections\n");
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("start: as many files as the system allows may be open, not only as many as the shell says") {
  service running{{{}, {}, {"/usr/bin/prlimit", "--nofile=300:20000"}}};
  std::ifstream limits{"/proc/" + std::to_string(running.program().pid()) + "/limits"};
  const std::string name = "Max open files";
  std::string line;
  while (std::getline(limits, line) && !line.starts_with(name)) {
  }
  std::istringstream numbers{line.substr(name.size())};
  std::string soft;
  numbers >> soft;
  CHECK(soft == "20000");
}

TEST_CASE("start: half of the credentials open nothing, and the log says so") {
  for (const auto& [set, missing] : {std::pair{"PARSEFLOW_DRAINS", "set METRICS_API_KEY to"},
                                     std::pair{"METRICS_API_KEY", "set PARSEFLOW_DRAINS to"}}) {
    service running{{{"--http.host="}, {{set, "shop:u:p"}}}};
    CHECK(running.host() == "127.0.0.1");
    CHECK(running.program().wait_for_error_text(missing, timeout));
    CHECK(running.program().standard_error().find("level=warn") != std::string::npos);
  }
}

TEST_CASE("start: a database that cannot be written stops it with one sentence") {
  check_refusal({{}, {{"DATABASE_URL", "sqlite:/proc/no/parseflow.db"}}}, {"/proc/no/parseflow.db"});
}

TEST_CASE("start: a folder that cannot be made stops it with one sentence") {
  check_refusal({{"--storage.directory=/proc/no"}, {}}, {"/proc/no", "storage.directory"});
}

TEST_CASE("start: an unknown setting stops it with one sentence") {
  check_refusal({{"--http.prot=80"}, {}}, {"http.prot"});
}

TEST_CASE("start: malformed settings stop it with one sentence, which holds no secret") {
  check_refusal({{"--http.port=eighty"}, {}}, {"http.port"});
  check_refusal({{"--http.port=70000"}, {}}, {"http.port"});
  check_refusal({{"--receiver.hold=soon"}, {}}, {"receiver.hold"});
  check_refusal({{"--log.level=loud"}, {}}, {"log.level"});
  check_refusal({{"--alerts.rules=slow: p95 > 3"}, {}},
                {"alerts.rules", "rule 1 (slow)", "\"p95\"", "p95_ms"});
  check_refusal({{}, {{"PORT", "eighty"}}}, {"PORT"});
  check_refusal({{}, {{"DATABASE_URL", "mysql://u:top-secret@h/d"}}}, {"DATABASE_URL"});
  check_refusal({{}, {{"PARSEFLOW_DRAINS", "shop:user"}}}, {"PARSEFLOW_DRAINS"});
  CHECK(start_in_vain({{}, {{"DATABASE_URL", "mysql://u:top-secret@h/d"}}}).error.find("top-secret") ==
        std::string::npos);
}

TEST_CASE("start: a secret on the command line stops it with one sentence, which says where it may stand") {
  check_refusal({{"--storage.url=postgres://u:top-secret@h/d"}, {}},
                {"storage.url", "DATABASE_URL", "DATABASE_URL_FILE"});
  CHECK(start_in_vain({{"--http.api-key=top-secret"}, {}}).error.find("top-secret") == std::string::npos);
}

TEST_CASE("start: a secret may stand in a file of its own") {
  const temp_dir folder;
  const auto key = folder / "key", database = folder / "url";
  std::ofstream{key} << "the-key\n";
  std::ofstream{database} << "sqlite:" << (folder / "other.db").string() << '\n';
  service running{{{}, {{"METRICS_API_KEY_FILE", key.string()}, {"DATABASE_URL_FILE", database.string()}}}};
  CHECK(running.get("/metrics").status == 401);
  CHECK(running.get("/metrics", "Authorization: Bearer the-key\r\n").status == 200);
  CHECK(std::filesystem::exists(folder / "other.db"));
}

TEST_CASE("start: without credentials it listens for this machine only") {
  check_refusal({{"--http.host=0.0.0.0"}, {}}, {"0.0.0.0", "allow-anonymous-metrics"});
}

TEST_CASE("start: help and version are printed, and nothing is started") {
  for (const char* option : {"--help", "--version"}) {
    process program{tested_program(), {option}};
    CHECK(program.wait(timeout) == 0);
    CHECK(program.standard_output().starts_with("parseflow"));
    CHECK(program.standard_error().empty());
  }
}

TEST_CASE("start: with PostgreSQL away lines are taken and counted, and stored once when it is back") {
  postgres_server server;
  const auto url = server.create_database();
  server.stop();
  service running{{{}, {{"DATABASE_URL", url}}}};
  CHECK(running.metrics().at("database").at("kind") == "postgresql");
  CHECK(running.metrics().at("database").at("connected") == false);
  REQUIRE(eventually(
      [&] { return !running.metrics().at("database").at("last_error").get<std::string>().empty(); }));
  CHECK(http_request(running.port(), "GET", "/readyz").status == 200);

  // The journal takes the batch, and the metrics do not wait for the database either.
  const auto body = some_body();
  http_connection connection{running.port()};
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(connection.send(
      drain_request(body.bytes, body.line_count(), body.frame_id, {}, "/logdrains?app=shop")));
  CHECK(connection.receive(timeout).value().status == 204);
  CHECK(std::chrono::steady_clock::now() - begin < 2s);
  REQUIRE(eventually([&] { return running.metrics().at("total_requests") == body.requests.size(); }));

  server.start();
  REQUIRE(eventually([&] { return running.metrics().at("database").at("connected") == true; }));
  CHECK(running.metrics().at("database").at("last_error") == "");
  REQUIRE(connection.send(
      drain_request(body.bytes, body.line_count(), body.frame_id, {}, "/logdrains?app=shop")));
  CHECK(connection.receive(timeout).value().status == 204);
  traffic::truth all;
  all.add(body);
  REQUIRE(eventually([&] { return running.metrics().at("ingest").at("lines") == all.lines; }));
  CHECK(running.metrics().at("total_requests") == all.requests.count);
  REQUIRE(running.wait_until_stored());
  const auto database = stored::in_postgres(url);
  CHECK(database.count("request") == body.requests.size());
  CHECK(database.count("log_line") == body.lines.size());
  CHECK(running.stop() == 0);
}

TEST_CASE("start: while PostgreSQL is down the rest works, and afterwards all is stored once") {
  postgres_server server;
  const auto url = server.create_database();
  service running{{{}, {{"DATABASE_URL", url}}}};
  traffic::generator app{{}, 12};
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto first = app.next(50, now - 2s, now - 1s), body = app.next(50, now - 1s, now);
  traffic::truth all;
  all.add(first);
  all.add(body);
  traffic::drain_client drain{running.drain("shop")};
  REQUIRE(drain.post(first) == traffic::post_result::delivered);
  server.kill();
  // Sent while the database is down: the body is acknowledged and counted at once.
  http_connection connection{running.port()};
  REQUIRE(connection.send(drain_request(body.bytes, body.line_count(), body.frame_id,
                                        "Logplex-Drain-Token: d.shop\r\n", "/logdrains?app=shop")));
  REQUIRE(eventually([&] { return running.metrics().at("total_requests") == all.requests.count; }));
  server.start();
  const auto answer = connection.receive(timeout);
  REQUIRE(answer);
  CHECK(drain.post(body) == traffic::post_result::delivered);
  CHECK(running.metrics().at("total_requests") == all.requests.count);
  REQUIRE(running.wait_until_stored());
  CHECK(stored::in_postgres(url).count("request") == all.requests.count);
  CHECK(stored::in_postgres(url).count("log_line") == all.lines - all.requests.count);
  CHECK(running.stop() == 0);
}
