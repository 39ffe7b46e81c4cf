// The program is stopped and killed during traffic: what was acknowledged is stored once.
#include <csignal>
#include <sstream>

#include <doctest/doctest.h>
#include <pqxx/pqxx>

#include "tests/e2e/faults.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/traffic_jam.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/traffic/traffic.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

void check_kills(service& running, const std::function<stored()>& database) {
  traffic_jam jam{running};
  // 25 for each of the two databases makes fifty.
  for (int i = 0; i < accidents(25); ++i) {
    REQUIRE(jam.wait_for(40));
    running.kill();
    running.start();
  }
  REQUIRE(jam.wait_for(40));
  jam.stop();
  CHECK(running.stop() == 0);
  check_stored(database(), jam);
  // The rollups agree with the rows, also in the next run.
  running.start();
  const auto rows = database().count("request");
  CHECK(eventually([&] { return running.metrics().at("total_requests") == rows; }));
  CHECK(running.stop() == 0);
}

} // namespace

TEST_CASE("stop: what the database does not have yet is stored before the end") {
  // A transaction waits long for more batches, so that these are certainly not in the database yet.
  service running{{{"--storage.batch-interval=1500ms"}, {}}};
  std::vector<std::unique_ptr<http_connection>> connections;
  traffic::generator app{{}, 5};
  std::vector<traffic::body> bodies;
  for (int i = 0; i < 16; ++i) {
    bodies.push_back(app.next(20, now(), now() + 1ms));
    connections.push_back(std::make_unique<http_connection>(running.port()));
    REQUIRE(connections.back()->send(
        drain_request(bodies.back().bytes, bodies.back().line_count(), bodies.back().frame_id)));
  }
  std::size_t lines = 0;
  for (const auto& body : bodies)
    lines += body.line_count();
  REQUIRE(eventually([&] { return running.metrics().at("ingest").at("lines") == lines; }));
  running.program().send_signal(SIGTERM);
  std::size_t stored_requests = 0;
  for (std::size_t i = 0; i < connections.size(); ++i) {
    const auto answer = connections[i]->receive(timeout);
    REQUIRE(answer);
    CHECK(answer->status == 204);
    stored_requests += bodies[i].requests.size();
  }
  CHECK(running.stop() == 0);
  CHECK(stored::in_sqlite(running.database()).count("request") == stored_requests);
}

TEST_CASE("stop: SIGTERM during traffic loses nothing that was acknowledged") {
  service running;
  traffic_jam jam{running};
  REQUIRE(jam.wait_for(100));
  CHECK(running.stop() == 0);
  jam.stop();
  check_stored(stored::in_sqlite(running.database()), jam);
}

TEST_CASE("stop: SIGINT ends it as well") {
  service running;
  running.program().send_signal(SIGINT);
  CHECK(running.program().wait(10s) == 0);
}

TEST_CASE("stop: a database that hangs does not hold up the end, and has everything later") {
  postgres_server server;
  const auto url = server.create_database();
  service running{{{}, {{"DATABASE_URL", url}}}};
  {
    REQUIRE(running.wait_until_stored());
    pqxx::connection holder(url);
    pqxx::work lock(holder);
    lock.exec("LOCK TABLE frame IN ACCESS EXCLUSIVE MODE"); // the writer waits for this lock
    traffic_jam jam{running};
    REQUIRE(jam.wait_for(40));
    jam.stop();
    CHECK(eventually(
        [&] { return lock.exec("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0].as<int>() > 0; }));
    CHECK(running.stop() == 0);
    lock.abort();
    running.start();
    REQUIRE(running.wait_until_stored());
    check_stored(stored::in_postgres(url), jam);
  }
  CHECK(running.stop() == 0);
}

TEST_CASE(
    "stop: a box that fails for good ends it with one sentence, and what was acknowledged is stored later") {
  postgres_server server;
  const auto url = server.create_database();
  service running{{{}, {{"DATABASE_URL", url}}}};
  REQUIRE(running.wait_until_stored());
  const auto change = [&](const char* statement) {
    pqxx::connection connection{url};
    pqxx::work work{connection};
    work.exec(statement);
    work.commit();
  };
  // A newer program upgrades the database. The running one notices when it connects again.
  change("INSERT INTO schema_version SELECT 999, name, applied_at FROM schema_version WHERE version = 1");
  server.stop();
  traffic_jam jam{running};
  REQUIRE(jam.wait_for(40));
  jam.stop();
  server.start();
  CHECK(running.program().wait(timeout) == 1);
  std::istringstream log{running.program().standard_error()};
  std::vector<std::string> errors;
  for (std::string line; std::getline(log, line);)
    if (line.find(" level=error ") != std::string::npos)
      errors.push_back(line);
  REQUIRE(errors.size() == 1);
  CAPTURE(errors.front());
  CHECK(errors.front().find("its schema has version 999") != std::string::npos);
  CHECK(errors.front().find("start the newer program") != std::string::npos);

  change("DELETE FROM schema_version WHERE version = 999");
  running.start();
  REQUIRE(running.wait_until_stored());
  check_stored(stored::in_postgres(url), jam);
  CHECK(running.stop() == 0);
}

TEST_CASE("kill: acknowledged lines survive SIGKILL, once, with SQLite") {
  service running;
  check_kills(running, [&] { return stored::in_sqlite(running.database()); });
}

TEST_CASE("kill: acknowledged lines survive SIGKILL, once, with PostgreSQL") {
  postgres_server server;
  const auto url = server.create_database();
  service running{{{}, {{"DATABASE_URL", url}}}};
  check_kills(running, [&] { return stored::in_postgres(url); });
}
