// How retention handles partitions, locks and other nodes in PostgreSQL.
#include <doctest/doctest.h>

#include <future>

#include <pqxx/pqxx>

#include "messages/system_time.hpp"
#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/retention_pass.hpp"
#include "tests/unit/db/store_sites.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace postgres_retention_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;

namespace {

struct fixture {
  postgres_site site;
  std::unique_ptr<db::store> store = site.make_store();

  void add(timestamp at, int count, timestamp received_at) {
    CHECK_DONE(store->write(std::vector{lines_at(at, count, received_at)}));
  }
  std::string partitions(const std::string& table) const {
    std::string names;
    for (const auto& row : site.query("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '" +
                                      table + "'::regclass ORDER BY 1"))
      names += (names.empty() ? "" : " ") + row[0];
    return names;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture,
                  "postgres retention: drops days that are wholly old, and makes the next one ahead") {
  CHECK_DONE(store->open());
  for (int day = 0; day < 5; ++day)
    add(test_time() - day * 24h, 3, test_time() - day * 24h);
  auto rows = site.make_retention(keep_all_for(48h));
  const auto pass = run_pass(*rows, test_time());
  CHECK_DONE(pass.outcome);
  CHECK(pass.partitions == std::vector<std::string>{"request_20260226", "request_20260227",
                                                    "log_line_20260226", "log_line_20260227",
                                                    "sample_20260226", "sample_20260227"});
  // All rows of the cutoff's day are kept.
  CHECK(partitions("log_line") == "log_line_20260228 log_line_20260301 log_line_20260302 "
                                  "log_line_20260303 log_line_default");
  CHECK(partitions("request").find("request_20260303") != std::string::npos);
  CHECK(partitions("sample").find("sample_20260303") != std::string::npos);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "9");
  // At midnight one more day is old, and one more is made in advance.
  CHECK(run_pass(*rows, std::chrono::ceil<std::chrono::days>(test_time())).partitions.size() == 3);
  CHECK(partitions("log_line") == "log_line_20260301 log_line_20260302 log_line_20260303 "
                                  "log_line_20260304 log_line_default");
}

TEST_CASE_FIXTURE(fixture, "postgres retention: only partitions of days are dropped") {
  CHECK_DONE(store->open());
  site.query("CREATE TABLE log_line_20269999 PARTITION OF log_line FOR VALUES "
             "FROM ('1990-01-01') TO ('1991-01-01')");
  site.query(
      "CREATE TABLE log_line_archive PARTITION OF log_line FOR VALUES FROM ('1991-01-01') TO ('1992-01-01')");
  site.query("CREATE TABLE log_line_20200101_x PARTITION OF log_line FOR VALUES "
             "FROM ('1992-01-01') TO ('1993-01-01')");
  CHECK(run_pass(*site.make_retention(keep_all_for(48h)), test_time()).partitions.empty());
}

TEST_CASE_FIXTURE(fixture,
                  "postgres retention: a writer in the way is not kept waiting, the partition goes later") {
  CHECK_DONE(store->open());
  add(test_time() - 4 * 24h, 3, test_time() - 4 * 24h);
  auto rows = site.make_retention(keep_all_for(48h));
  {
    pqxx::connection other(site.url());
    pqxx::work writing(other);
    writing.exec("LOCK TABLE log_line IN ROW EXCLUSIVE MODE");
    const auto pass = run_pass(*rows, test_time());
    CHECK(pass.outcome.code == outcome::retry);
    CHECK(pass.outcome.message.find("lock timeout") != std::string::npos);
    // The tables after it are still processed.
    CHECK(run_pass(*rows, test_time()).partitions == std::vector<std::string>{"sample_20260226"});
  }
  CHECK(run_pass(*rows, test_time()).partitions == std::vector<std::string>{"log_line_20260226"});
}

TEST_CASE_FIXTURE(fixture, "postgres retention: several nodes at once do not hinder each other") {
  CHECK_DONE(store->open());
  for (int day = 0; day < 8; ++day)
    for (int i = 0; i < 10; ++i)
      CHECK_DONE(store->write(std::vector{
          make_batch({.id = std::to_string(day * 100 + i), .received_at = test_time() - day * 24h},
                     {app_message("x", date_text(test_time() - day * 24h)),
                      app_message("late", "2001-01-01T00:00:00Z")})}));
  const auto work = [&] {
    auto rows = site.make_retention(keep_all_for(48h));
    for (int i = 0; i < 200; ++i)
      if (run_pass(*rows, test_time()).outcome.code == outcome::done)
        return true;
    return false;
  };
  std::vector<std::future<bool>> nodes;
  for (int i = 0; i < 4; ++i)
    nodes.push_back(std::async(std::launch::async, work));
  for (auto& node : nodes)
    CHECK(node.get());
  CHECK(run_pass(*site.make_retention(keep_all_for(48h)), test_time()).outcome.code == outcome::done);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "30");
  CHECK(value(site, "SELECT count(*) FROM frame") == "30");
}

TEST_CASE_FIXTURE(
    fixture,
    "postgres retention: one node removes rows at a time, another one's pass ends and goes on later") {
  CHECK_DONE(store->open());
  add(test_time() - 4 * 24h, 3, test_time() - 4 * 24h);
  auto rows = site.make_retention(keep_all_for(48h));
  {
    // Another node is in the middle of a step.
    pqxx::connection connection(site.url());
    pqxx::work other(connection);
    other.exec("SELECT pg_advisory_xact_lock(x'7061727400000002'::bigint)");
    const auto skipped = run_pass(*rows, test_time());
    CHECK_DONE(skipped.outcome);
    CHECK(skipped.steps == 1);
    CHECK(skipped.partitions.empty());
  }
  // A step holds the lock until its end, not until the end of the pass or session.
  CHECK(rows->step({test_time()}).partitions.size() == 1);
  CHECK(run_pass(*site.make_retention(keep_all_for(48h)), test_time()).partitions.size() == 2);
}

TEST_CASE("postgres retention: no partition is made for lines that it would drop at once") {
  const postgres_site site;
  retention_settings kept;
  kept.log_lines = 36h;
  auto store = db::make_store({.url = secret(site.url())}, kept);
  CHECK_DONE(store->open());
  CHECK_DONE(store->write(
      std::vector{lines_at(test_time() - 24h, 1, test_time()), lines_at(test_time() - 48h, 1, test_time())}));
  CHECK(value(site, "SELECT count(*) FROM log_line_20260301") == "1");
  CHECK(value(site, "SELECT count(*) FROM log_line_default") == "1");
  CHECK(run_pass(*db::make_retention({.url = secret(site.url())}, kept), test_time()).rows[1] == 1);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "1");
}

TEST_CASE_FIXTURE(fixture, "postgres retention: a server that is away asks to try again") {
  CHECK_DONE(store->open());
  auto rows = site.make_retention(keep_all_for(48h));
  CHECK_DONE(rows->step({test_time()}).outcome);
  postgres_site::server().stop();
  const std::string place = "PostgreSQL at 127.0.0.1:" + std::to_string(postgres_site::server().port()) + "/";
  for (int i = 0; i < 2; ++i) { // while it is connected, and after it has closed the connection
    const auto away = rows->step({test_time()}).outcome;
    CHECK(away.code == outcome::retry);
    CAPTURE(away.message);
    CHECK(away.message.starts_with(place));
  }
  postgres_site::server().start();
  while (rows->step({test_time()}).outcome.code != outcome::done) {
  }
  CHECK_DONE(run_pass(*rows, test_time()).outcome);
}

TEST_CASE_FIXTURE(fixture, "postgres retention: reports the server's time") {
  CHECK_DONE(store->open());
  auto rows = site.make_retention(keep_all_for(48h));
  const auto reported = rows->clocks();
  CHECK_DONE(reported.outcome);
  REQUIRE(reported.database);
  CHECK(std::chrono::abs(*reported.database - system_time()) < 1min);
  postgres_site::server().stop();
  CHECK(rows->clocks().outcome.code == outcome::retry);
  postgres_site::server().start();
}

TEST_CASE_FIXTURE(fixture, "postgres retention: a pass drops the partitions of a few days only") {
  CHECK_DONE(store->open());
  for (int day = 1; day <= 20; ++day)
    add(test_time() - day * 24h, 1, test_time() - day * 24h);
  auto rows = site.make_retention(keep_all_for(48h));
  const auto left = [&] { return std::stoi(value(site, "SELECT count(*) FROM log_line")); };
  CHECK(left() == 20);
  run_pass(*rows, test_time());
  CHECK(left() == 13);
  run_pass(*rows, test_time());
  CHECK(left() == 6);
  run_pass(*rows, test_time());
  CHECK(left() == 2);
}

} // namespace postgres_retention_test
