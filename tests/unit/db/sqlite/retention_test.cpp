// How retention walks a SQLite file, and gives space back.
#include <doctest/doctest.h>

#include <sqlite3.h>

#include "db/sqlite/retention.hpp"
#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/retention_pass.hpp"
#include "tests/unit/db/store_sites.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace sqlite_retention_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;

namespace {

constexpr std::size_t lines = 1; // index in kept_tables

struct fixture {
  sqlite_site site;
  std::unique_ptr<db::store> store = site.make_store();

  void add(timestamp at, int count, const std::string& text = "x") {
    for (; count > 0; count -= 5'000)
      CHECK_DONE(store->write(std::vector{lines_at(at, std::min(count, 5'000), at, text)}));
  }
  std::int64_t number(const std::string& sql) const { return std::stoll(value(site, sql)); }
  std::int64_t stored() const { return number("SELECT count(*) FROM log_line"); }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "sqlite retention: the space of many removed rows is given back to the disk") {
  CHECK_DONE(store->open());
  add(test_time() - 20 * 24h, 6'000, std::string(4'000, 'x'));
  add(test_time(), 10);
  const auto before = number("PRAGMA page_count");
  REQUIRE(before > 6'000);
  const auto pass = run_pass(*site.make_retention(keep_all_for(10 * 24h)), test_time());
  CHECK_DONE(pass.outcome);
  CHECK(pass.rows[lines] == 6'000);
  CHECK(pass.steps > 20); // in small pieces, too
  CHECK(number("PRAGMA page_count") < 1'200);
  CHECK(number("PRAGMA freelist_count") > 900); // they stay free for the next lines
  CHECK(stored() == 10);
  CHECK(value(site, "PRAGMA integrity_check") == "ok");
}

TEST_CASE_FIXTURE(fixture,
                  "sqlite retention: a file made without auto_vacuum keeps its size and is used again") {
  site.query("CREATE TABLE older (x)");
  CHECK_DONE(store->open());
  add(test_time() - 20 * 24h, 2'000, std::string(4'000, 'x'));
  const auto before = number("PRAGMA page_count");
  CHECK_DONE(run_pass(*site.make_retention(keep_all_for(10 * 24h)), test_time()).outcome);
  CHECK(number("PRAGMA freelist_count") > 1'500);
  add(test_time(), 1'000, std::string(4'000, 'x'));
  CHECK(number("PRAGMA page_count") <= before);
}

TEST_CASE_FIXTURE(fixture, "sqlite retention: a pass does not read what came in after the cutoff") {
  CHECK_DONE(store->open());
  add(test_time() - 11 * 24h, 5'000);
  add(test_time() - 3 * 24h, 30'000);
  add(test_time() - 20 * 24h, 1); // a late line: it is removed together with the rows around it
  add(test_time(), 30'000);
  auto rows = site.make_retention(keep_all_for(10 * 24h));
  const auto pass = run_pass(*rows, test_time());
  CHECK(pass.rows[lines] == 5'000);
  CHECK(pass.steps < 20);
  CHECK(run_pass(*rows, test_time() + 5min).steps < 12);
  CHECK(run_pass(*site.make_retention(keep_all_for(10 * 24h)), test_time()).steps < 12);
  CHECK(run_pass(*rows, test_time() + 8 * 24h).rows[lines] == 30'001);
  CHECK(stored() == 30'000);
}

TEST_CASE_FIXTURE(fixture, "sqlite retention: rows go as they reach their age, pass by pass") {
  CHECK_DONE(store->open());
  for (int i = 0; i < 100; ++i)
    add(test_time() + i * 1min, 130);
  auto rows = site.make_retention(keep_all_for(1h));
  for (int i = 60; i <= 160; ++i) {
    CHECK_DONE(run_pass(*rows, test_time() + i * 1min).outcome);
    CHECK(stored() == (160 - i) * 130);
  }
}

TEST_CASE_FIXTURE(fixture, "sqlite retention: after a restart it goes on behind what a clock ahead left") {
  CHECK_DONE(store->open());
  for (int i = 0; i < 25; ++i) {
    add(test_time(), 700);
    add(test_time() + 30h, 100);
  }
  add(test_time() + 12h, 3'000);
  CHECK(run_pass(*site.make_retention(keep_all_for(24h)), test_time() + 25h).rows[lines] == 25 * 700);
  CHECK(run_pass(*site.make_retention(keep_all_for(24h)), test_time() + 37h).rows[lines] == 3'000);
  CHECK(stored() == 25 * 100);
}

TEST_CASE_FIXTURE(fixture, "sqlite retention: a row that the walk left behind goes within a day of its age") {
  CHECK_DONE(store->open());
  add(test_time(), 3'000);
  add(test_time() + 3h, 1); // from a clock that is ahead
  add(test_time(), 9'000);
  auto rows = site.make_retention(keep_all_for(1h));
  run_pass(*rows, test_time() + 2h);
  CHECK(stored() == 1);
  add(test_time() + 4h, 9'000);
  run_pass(*rows, test_time() + 2h + 24h);
  CHECK(stored() == 0);
}

TEST_CASE_FIXTURE(fixture,
                  "sqlite retention: while the writer holds the lock it asks to try again, and goes on") {
  CHECK_DONE(store->open());
  add(test_time() - 20 * 24h, 3'000);
  auto rows = site.make_retention(keep_all_for(10 * 24h));
  sqlite3* opened = nullptr;
  REQUIRE(sqlite3_open(site.path().c_str(), &opened) == SQLITE_OK);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> other(opened, sqlite3_close);
  REQUIRE(sqlite3_exec(opened, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  const auto blocked = run_pass(*rows, test_time());
  CHECK(blocked.outcome.code == outcome::retry);
  CHECK(blocked.outcome.message.find("locked") != std::string::npos);
  REQUIRE(sqlite3_exec(opened, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(run_pass(*rows, test_time()).rows[lines] == 3'000);
}

} // namespace sqlite_retention_test
