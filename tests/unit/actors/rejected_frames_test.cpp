// Refused frames are listed, and stored once when they are given to the database again.
#include <doctest/doctest.h>

#include "actors/rejected_frames.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/store.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/temp_dir.hpp"

namespace rejected_frames_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 12h;

struct fixture {
  temp_dir folder;
  std::unique_ptr<db::store> store = db::make_sqlite_store({folder / "test.db"});

  void refuse(const std::string& id, const std::string& text) const {
    const std::string line = "<190>1 2026-03-02T12:00:00.000000+00:00 host app web.1 - " + text + "\n";
    frame refused;
    refused.key = {"d.1", id};
    refused.app = "shop";
    refused.received_at = noon;
    refused.body = std::to_string(line.size()) + " " + line;
    CHECK(store->set_aside(refused, "no room").code == db::outcome::done);
  }
  std::uint64_t stored_lines() const {
    std::uint64_t lines = 0;
    const auto add = [&](const stored_rollup& part) { lines += part.data.lines; };
    CHECK(store->rollups(db::node_filter::all(), add).code == db::outcome::done);
    return lines;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "rejected frames: are reported by app and reason") {
  REQUIRE(store->open().code == db::outcome::done);
  CHECK(list_rejected(*store).text == "0 frames are set aside\n");
  refuse("A", "x");
  refuse("B", "y");
  const auto report = list_rejected(*store);
  CHECK(problem_in(report.outcome) == "");
  CHECK(report.text == "2 frames of shop, from 2026-03-02T12:00:00Z to 2026-03-02T12:00:00Z: no room\n"
                       "2 frames are set aside\n");
}

TEST_CASE_FIXTURE(fixture,
                  "rejected frames: are stored and counted once, however often they are given again") {
  REQUIRE(store->open().code == db::outcome::done);
  for (int i = 0; i < 25; ++i) // more than one read returns
    refuse("F" + std::to_string(i), "x");
  const auto first = retry_rejected(*store, {});
  CHECK(problem_in(first.outcome) == "");
  CHECK(first.text == "25 frames are stored now, 0 had been stored before\n");
  CHECK(stored_lines() == 25);
  CHECK(list_rejected(*store).text == "0 frames are set aside\n");
  refuse("F0", "x"); // a late retry that was refused, too
  CHECK(retry_rejected(*store, {}).text == "0 frames are stored now, 1 had been stored before\n");
  CHECK(stored_lines() == 25);
  CHECK(list_rejected(*store).text == "0 frames are set aside\n");
}

TEST_CASE_FIXTURE(fixture, "rejected frames: what is refused again stays, and is reported with its reason") {
  REQUIRE(store->open().code == db::outcome::done);
  refuse("A", "x");
  refuse("B", "y");
  db::sqlite_connection{folder / "test.db"}.execute(
      "CREATE TRIGGER refuse BEFORE INSERT ON log_line BEGIN SELECT RAISE(ABORT, 'still too odd'); END");
  const auto report = retry_rejected(*store, {});
  CHECK(report.text == "0 frames are stored now, 0 had been stored before\n");
  CHECK(problem_in(report.outcome).starts_with("2 frames are refused again"));
  CHECK(problem_in(report.outcome).find("still too odd") != std::string::npos);
  CHECK(list_rejected(*store).text.find("2 frames are set aside") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "rejected frames: a database that is not there keeps them") {
  const auto report = retry_rejected(*store, {});
  CHECK(problem_in(report.outcome).find("begin again") != std::string::npos);
  CHECK_FALSE(list_rejected(*store).outcome);
}

} // namespace rejected_frames_test
