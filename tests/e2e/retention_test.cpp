// Old lines are removed from the database while new ones arrive, and old rollups become coarser.
#include <set>

#include <doctest/doctest.h>

#include "tests/e2e/expected_metrics.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::set<std::string> request_ids(const stored& database) {
  std::set<std::string> found;
  for (const auto& next : database.rows("SELECT request_id FROM request"))
    found.insert(next.at("request_id"));
  return found;
}

void check_retention(const std::string& url, const std::function<stored()>& database) {
  const std::map<std::string, std::string> environment{{"DATABASE_URL", url}};
  traffic::generator app{{}, 7};
  std::set<std::string> expected;
  std::uint64_t old_requests = 0;
  const auto post = [&](const service& to, timestamp at) {
    traffic::drain_client drain{to.drain("shop")};
    const auto body = app.next(200, at, at + 1ms);
    REQUIRE(drain.post(body) == traffic::post_result::delivered);
    for (const auto& request : body.requests)
      if (now() - at < 1h)
        expected.insert(request.request_id);
      else
        ++old_requests;
  };
  {
    service first{{{}, environment}};
    for (int day = 2; day < 6; ++day) // PostgreSQL may keep all of yesterday
      post(first, now() - day * 24h);
    post(first, now());
    REQUIRE(first.wait_until_stored());
    CHECK(first.stop() == 0);
  }
  REQUIRE(request_ids(database()).size() == old_requests + expected.size());

  service second{{{"--retention.requests=1h", "--retention.log-lines=1h"}, environment}};
  const auto is_gone = [&] {
    post(second, now());
    const auto left = request_ids(database());
    return std::all_of(left.begin(), left.end(), [&](const auto& id) { return expected.contains(id); });
  };
  CHECK(eventually(is_gone));
  CHECK(second.program().wait_for_error_text("old rows removed", timeout));
  REQUIRE(second.wait_until_stored());
  CHECK(second.stop() == 0);
  CHECK(request_ids(database()) == expected);
}

// What /metrics counts, except for what the clock and this run add.
nlohmann::json counted(service& running) {
  const auto metrics = running.metrics();
  nlohmann::json result;
  for (const char* name : {"total_requests", "avg_response_time", "error_codes", "methods", "statuses",
                           "visitors", "endpoints", "dynos", "dyno_memory", "addons", "custom", "events"})
    result[name] = metrics.at(name);
  for (const char* name : {"lines", "bytes", "malformed"})
    result[name] = metrics.at("ingest").at(name);
  return result;
}

void check_downsampling(const std::string& url, const std::function<stored()>& database) {
  traffic::generator app{{.event_share = 0.01}, 7};
  traffic::truth all;
  service running{{{}, {{"DATABASE_URL", url}}}};
  // Five minutes of an hour that is old enough to be downsampled, and five hours of such a day.
  const timestamp hour = std::chrono::floor<std::chrono::hours>(now() - 5 * 24h);
  const timestamp day = std::chrono::floor<std::chrono::days>(now() - 40 * 24h);
  traffic::drain_client drain{running.drain("shop")};
  for (int i = 0; i < 5; ++i)
    for (const timestamp at : {hour + i * 1min, day + i * 1h}) {
      const auto body = app.next(200, at, at + 1ms);
      REQUIRE(drain.post(body) == traffic::post_result::delivered);
      all.add(body);
    }
  // A recent line makes retention trust the clock.
  const auto young = app.next(200, now(), now() + 1ms);
  REQUIRE(drain.post(young) == traffic::post_result::delivered);
  all.add(young);
  REQUIRE(running.wait_until_stored());
  CHECK(running.stop() == 0);
  const auto rows = database().count("rollup");

  const auto start_again = [&] {
    running.start();
    REQUIRE(eventually([&] { return running.metrics().at("ingest").at("lines") == all.lines; }));
    check_metrics(running.metrics(), all, 0);
    return counted(running);
  };
  const auto from_minutes = start_again();
  REQUIRE(running.program().wait_for_error_text("old rows downsampled", timeout));
  CHECK(running.stop() == 0);
  CHECK(database().count("rollup") == rows - 8);
  CHECK(start_again() == from_minutes);
  CHECK(running.stop() == 0);
}

} // namespace

TEST_CASE("retention: metrics after a restart are the same when rollups were downsampled, with SQLite") {
  const temp_dir folder;
  const std::string path = folder / "lines.db";
  check_downsampling("sqlite:" + path, [&] { return stored::in_sqlite(path); });
}

TEST_CASE("retention: metrics after a restart are the same when rollups were downsampled, with PostgreSQL") {
  postgres_server server;
  const auto url = server.create_database();
  check_downsampling(url, [&] { return stored::in_postgres(url); });
}

TEST_CASE("retention: old lines vanish while new ones come in, with SQLite") {
  const temp_dir folder;
  const std::string path = folder / "lines.db";
  check_retention("sqlite:" + path, [&] { return stored::in_sqlite(path); });
}

TEST_CASE("retention: old lines vanish while new ones come in, with PostgreSQL") {
  postgres_server server;
  const auto url = server.create_database();
  check_retention(url, [&] { return stored::in_postgres(url); });
  // Whole days were removed with their partitions, not row by row.
  CHECK(stored::in_postgres(url)
            .rows("SELECT 1 FROM pg_inherits WHERE inhparent = 'request'::regclass")
            .size() <= 4);
}
