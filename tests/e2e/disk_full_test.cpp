// A disk without room, under the journal and under SQLite: nothing is acknowledged wrongly, the problem is
// reported, and everything continues when there is room again.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/traffic_jam.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/small_disk.hpp"

using namespace parseflow;
using namespace parseflow::e2e;

namespace {

// False, with a message, where no small disk can be made.
bool is_there(const small_disk& disk) {
  if (!disk.problem().empty())
    MESSAGE("NOT TESTED: full disks. " << disk.problem());
  return disk.problem().empty();
}

nlohmann::json readiness(service& running, int status) {
  const auto answer = running.get("/readyz");
  CHECK(answer.status == status);
  return nlohmann::json::parse(answer.body);
}

bool says(service& running, const std::string& text) {
  return running.program().standard_error().find(text) != std::string::npos;
}

std::vector<std::string> small_journal(const small_disk& disk) {
  return {"--journal.directory=" + (disk.path() / "journal").string(), "--journal.segment-bytes=262144",
          "--http.max-body-bytes=200000"};
}

std::uint64_t ingest(service& running, const char* what) {
  return running.metrics().at("ingest").at(what);
}

} // namespace

TEST_CASE(
    "disk full: without room for journal and database, senders are held and refused until there is some") {
  small_disk disk;
  if (!is_there(disk))
    return;
  const auto file = (disk.path() / "parseflow.db").string();
  service running{{small_journal(disk), {{"DATABASE_URL", "sqlite:" + file}}}};
  traffic_jam jam{running};
  REQUIRE(jam.wait_for(50));
  CHECK(readiness(running, 200).at("status") == "ready");

  const auto check_full = [&] {
    REQUIRE(eventually([&] { return ingest(running, "held_requests") > 0; }));
    CHECK(eventually([&] { return says(running, "the journal takes no frames"); }));
    CHECK(says(running, "No space left on device"));
    const std::string message = readiness(running, 503).at("message");
    CHECK(message.find("No space left on device") != std::string::npos);
    CHECK(running.get("/healthz").status == 200);
    // After the first 503s no new connection is accepted, since it would get another 503.
    CHECK(eventually([&] { return says(running, "new connections are refused until there is room"); }));
    CHECK_THROWS(http_connection{running.port()});
  };
  disk.fill();
  check_full();
  CHECK(eventually([&] { return ingest(running, "overloaded") == jam_options{}.drains; }));
  // Neither ending nor starting needs room.
  running.kill();
  running.start();
  CHECK_FALSE(says(running, "damage found"));
  check_full();

  disk.clear();
  REQUIRE(jam.wait_for(50));
  CHECK(eventually([&] { return says(running, "the journal takes frames again"); }));
  CHECK(readiness(running, 200).at("status") == "ready");
  jam.finish();
  CHECK_MESSAGE(jam.in_doubt().empty(), jam.failures()); // no body has used up its tries
  REQUIRE(jam.post_rest());
  check_all_stored(running, stored::in_sqlite(file), jam);
  running.start();
  CHECK_FALSE(says(running, "damage found"));
  CHECK(running.stop() == 0);
}

TEST_CASE("disk full: without room for the journal, it uses its files again while the database takes lines") {
  small_disk disk;
  if (!is_there(disk))
    return;
  service running{{small_journal(disk), {}}};
  traffic_jam jam{running};
  REQUIRE(jam.wait_for(50));
  disk.fill();
  REQUIRE(jam.wait_for(500));                // more than its files hold
  CHECK(ingest(running, "overloaded") == 0); // held for moments while all of its files wait for the database
  jam.finish();
  CHECK_MESSAGE(jam.in_doubt().empty(), jam.failures());
  REQUIRE(jam.post_rest());
  check_all_stored(running, stored::in_sqlite(running.database()), jam);
}

TEST_CASE("disk full: without room for SQLite, senders and live metrics go on and lines wait") {
  small_disk disk;
  if (!is_there(disk))
    return;
  const auto file = (disk.path() / "parseflow.db").string();
  service running{{{}, {{"DATABASE_URL", "sqlite:" + file}}}};
  traffic_jam jam{running};
  REQUIRE(jam.wait_for(50));

  const auto check_full = [&] {
    REQUIRE(eventually([&] { return says(running, "the database takes no lines"); }));
    const auto report = readiness(running, 200);
    CHECK(eventually([&] { return readiness(running, 200).at("database").at("connected") == false; }));
    REQUIRE(jam.wait_for(50));
  };
  disk.fill();
  check_full();
  CHECK(says(running, "full"));
  const auto lines = ingest(running, "lines");
  CHECK(eventually([&] { return ingest(running, "lines") > lines; }));
  CHECK(ingest(running, "overloaded") == 0);
  running.kill();
  running.start();
  check_full();

  disk.clear();
  jam.stop();
  REQUIRE(jam.post_rest());
  check_all_stored(running, stored::in_sqlite(file), jam);
}
