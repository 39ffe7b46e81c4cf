// The program continues with data of version 0.1.0: rows, counts, and frames that only the journal had.
// tests/data/0.1.0/make.sh says what the data contain.
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <pqxx/pqxx>

#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;

namespace {

// 17 frames of ten lines each, of which five are requests; 12 frames are in the database, 9 in the journal.
constexpr std::uint64_t frames = 17, frames_of_shop = 9;

// Unpacks a copy of the data folder.
void unpack(const std::string& name, const std::filesystem::path& folder) {
  process tar{"/bin/tar",
              {"--extract", "--gzip", "--no-same-owner", "--file", OLD_DATA + ("/" + name), "--directory",
               folder.string()}};
  REQUIRE(tar.wait(timeout) == 0);
}

// Turns off what depends on age: the data are as old as this test.
service_options options_for(const std::filesystem::path& folder, const std::string& url = {}) {
  return {{"--storage.directory=" + folder.string(), "--retention.frames=0", "--retention.alerts=0"},
          {{"DATABASE_URL", url}}};
}

void check_counts(service& running) {
  const auto all = running.metrics(), shop = running.metrics("?app=shop");
  CHECK(all.at("apps") == std::vector<std::string>{"blog", "shop"});
  CHECK(all.at("total_requests") == 5 * frames);
  CHECK(all.at("ingest").at("lines") == 10 * frames);
  CHECK(shop.at("total_requests") == 5 * frames_of_shop);
  CHECK(shop.at("ingest").at("lines") == 10 * frames_of_shop);
  for (const auto& each : {std::pair{"status_2xx", 2u},
                           {"status_3xx", 1u},
                           {"status_4xx", 1u},
                           {"status_5xx", 1u},
                           {"get_requests", 3u},
                           {"post_requests", 1u},
                           {"delete_requests", 1u}})
    CHECK_MESSAGE(shop.at(each.first) == each.second * frames_of_shop, each.first);
  CHECK(shop.at("error_codes").at("H12") == frames_of_shop);
  CHECK(shop.at("p50_response_time") == 24'000'000);
  CHECK(shop.at("top_endpoints").at("/checkout") == frames_of_shop);
  CHECK(shop.at("dyno_performance").at("web.2").at("request_count") == 2 * frames_of_shop);
  CHECK(shop.at("dyno_memory").at("web.1").at("total_mb") == 318.5);
  CHECK(shop.at("addons").at("postgresql-angular-40817").at("values").at("db_size").at("last") == 7340032512);
  const auto& custom = shop.at("custom");
  CHECK(custom.at("counts").at("orders").at("sum") == 2 * frames_of_shop);
  CHECK(custom.at("gauges").at("queue").at("last") == 3);
  CHECK(custom.at("measures").at("db.query").at("samples") == frames_of_shop);
  CHECK(custom.at("measures").at("db.query").at("sum").get<double>() ==
        doctest::Approx(12.5 * static_cast<double>(frames_of_shop)));
}

void check_upgrade(const service_options& options, const stored& database) {
  const auto alerts = database.count("alert");
  CHECK(alerts == 6);
  service running{options};
  // Twice: after the upgrade, and when everything comes from the new database.
  for (int start = 0; start < 2; ++start) {
    REQUIRE(eventually([&] { return running.metrics().at("ingest").at("lines") >= 10 * frames; }));
    REQUIRE(running.wait_until_stored());
    check_counts(running);
    CHECK(database.count("request") == 5 * frames);
    CHECK(database.count("log_line") == 5 * frames);
    CHECK(database.count("sample") == 7 * frames);
    CHECK(database.count("frame") == frames);
    CHECK(database.count("drain") == 2);
    CHECK(database.count("rejected_frame") == 0);
    CHECK(database.count("alert", "type = 'request_timeouts'") == 2);
    CHECK(database.count("request", "app = 'shop' AND status = 503 AND code = 'H12'") == frames_of_shop);
    CHECK(running.stop() == 0);
    running.start();
  }
  CHECK(running.stop() == 0);
}

} // namespace

TEST_CASE("upgrade: what 0.1.0 left with SQLite is all there, once") {
  const temp_dir folder;
  unpack("sqlite.tar.gz", folder.path());
  const auto database = stored::in_sqlite(folder / "parseflow.db");
  REQUIRE(database.count("frame") == 12);
  check_upgrade(options_for(folder.path()), database);
}

TEST_CASE("upgrade: what 0.1.0 left with PostgreSQL is all there, once") {
  const temp_dir folder;
  unpack("postgres.tar.gz", folder.path());
  postgres_server server;
  const auto url = server.create_database();
  {
    std::ifstream file{OLD_DATA "/postgres.sql"};
    pqxx::connection connection{url};
    pqxx::work load{connection};
    load.exec(std::string{std::istreambuf_iterator<char>{file}, {}});
    load.commit();
  }
  const auto database = stored::in_postgres(url);
  REQUIRE(database.count("frame") == 12);
  check_upgrade(options_for(folder.path(), url), database);
}
