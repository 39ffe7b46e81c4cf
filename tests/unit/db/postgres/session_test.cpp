// Sessions of PostgreSQL: settings last for a transaction, and errors are attributed to data, session
// or server.
#include <doctest/doctest.h>

#include <future>
#include <optional>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <pqxx/pqxx>

#include "db/postgres/session.hpp"
#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/store_sites.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace postgres_session_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;

namespace {

std::string setting(db::postgres_session& session, const std::string& name,
                    db::access purpose = db::access::write) {
  db::postgres_transaction transaction(session, purpose);
  std::string found = transaction.exec("SHOW " + name)[0][0].c_str();
  transaction.commit(); // a rollback would remove all traces in any case
  return found;
}

void set_default(const postgres_site& site, const std::string& setting) {
  site.query(fmt::format("ALTER DATABASE {} SET {}", value(site, "SELECT current_database()"), setting));
}

std::string newest_session(const postgres_site& site) {
  return value(site, "SELECT max(backend_start) FROM pg_stat_activity "
                     "WHERE datname = current_database() AND application_name = 'parseflow'");
}

std::vector<batch_ptr> one_line(const std::string& id) {
  return {make_batch({.id = id}, {app_message("x")})};
}

} // namespace

TEST_CASE("postgres session: what is committed is on the server's disk, whatever the server's default") {
  const postgres_site site;
  for (const auto& [by_default, in_effect] : {std::pair{"off", "on"},
                                              {"local", "on"},
                                              {"remote_write", "on"},
                                              {"on", "on"},
                                              {"remote_apply", "remote_apply"}}) {
    set_default(site, fmt::format("synchronous_commit = {}", by_default));
    db::postgres_session session(site.url(), {});
    CHECK(setting(session, "synchronous_commit") == in_effect);
  }
}

TEST_CASE("postgres session: a transaction has our limits, in UTC and UTF-8, and leaves nothing behind") {
  const postgres_site site;
  set_default(site, "TimeZone = 'Asia/Tokyo'");
  set_default(site, "client_encoding = 'LATIN1'");
  db::postgres_session session(site.url(), {.statement = 7s, .lock = 3s});
  for (const auto purpose : {db::access::write, db::access::read}) {
    CHECK(setting(session, "statement_timeout", purpose) == "7s");
    CHECK(setting(session, "lock_timeout", purpose) == "3s");
    CHECK(setting(session, "idle_in_transaction_session_timeout", purpose) == "10s");
    CHECK(setting(session, "timezone", purpose) == "UTC");
    CHECK(setting(session, "client_encoding", purpose) == "UTF8");
  }
  CHECK(setting(session, "transaction_isolation", db::access::read) == "repeatable read");
  CHECK(setting(session, "transaction_read_only", db::access::read) == "on");
  const auto outside = [&](const char* question) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(session.handle(), question), PQclear);
    return std::string(PQgetvalue(answer.get(), 0, 0));
  };
  CHECK(outside("SHOW statement_timeout") == "0");
  CHECK(outside("SHOW timezone") == "Asia/Tokyo");
  CHECK(outside("SELECT count(*) FROM pg_prepared_statements") == "0");
}

TEST_CASE("postgres store: what is the fault of the session or the server rejects no frame") {
  const postgres_site site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(store->write(one_line("F0")));
  struct fault {
    const char *cause, *remedy, *named;
  };
  for (const auto& each :
       {fault{"ALTER TABLE frame RENAME TO hidden", "ALTER TABLE hidden RENAME TO frame", "does not exist"},
        {"ALTER TABLE frame RENAME node TO hidden", "ALTER TABLE frame RENAME hidden TO node",
         "does not exist"},
        {"ALTER TABLE log_line RENAME code TO hidden", "ALTER TABLE log_line RENAME hidden TO code",
         "does not exist"},
        {"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql "
         "AS $$ BEGIN RAISE EXCEPTION 'prepared statement "
         "\"a\" does not exist' USING ERRCODE = '26000'; END $$; CREATE TRIGGER fail BEFORE INSERT ON frame "
         "FOR EACH ROW EXECUTE FUNCTION fail()",
         "DROP TRIGGER fail ON frame", "prepared statement"},
        {"CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE "
         "plpgsql AS $$ BEGIN RAISE EXCEPTION 'prepared "
         "statement \"a\" already exists' USING ERRCODE = '42P05'; END $$; CREATE TRIGGER fail BEFORE INSERT "
         "ON frame FOR EACH ROW EXECUTE FUNCTION fail()",
         "DROP TRIGGER fail ON frame", "prepared statement"}}) {
    CAPTURE(each.cause);
    site.query(each.cause);
    const auto failed = store->write(one_line("F1"));
    CHECK(failed.code == outcome::retry);
    CAPTURE(failed.message);
    CHECK(failed.message.find(each.named) != std::string::npos);
    site.query(each.remedy);
    const auto before = newest_session(site);
    CHECK_DONE(store->open());
    CHECK(newest_session(site) != before);
  }
  CHECK_DONE(store->write(one_line("F1")));
  CHECK(value(site, "SELECT count(*) FROM log_line") == "2");
}

TEST_CASE("postgres store: numbers of drains that come to their end reject no frame") {
  const postgres_site site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(store->write(one_line("F0")));
  site.query("SELECT setval('drain_id_seq', 2147483647)");
  const auto of_new_drain = make_batch({.drain = "d.2", .id = "F1"}, {app_message("x")});
  CHECK(write(*store, {of_new_drain}).code == outcome::retry);
  CHECK_DONE(store->open());
  // A drain that is known needs no number.
  CHECK_DONE(
      write(*store, {make_batch({.id = "F2", .received_at = test_time() + 10min}, {app_message("x")})}));
}

TEST_CASE("postgres store: a drain that is known takes no number") {
  const postgres_site site;
  for (int minute = 0; minute < 20; minute += 5) {
    auto store = site.make_store();
    CHECK_DONE(store->open());
    for (const int later : {0, 2})
      CHECK_DONE(write(
          *store,
          {make_batch({.drain = "d.1", .received_at = test_time() + std::chrono::minutes(minute + later)},
                      {app_message("x")}),
           make_batch({.drain = "d.2", .received_at = test_time() + std::chrono::minutes(minute + later)},
                      {app_message("x")})}));
  }
  CHECK(value(site, "SELECT last_value FROM drain_id_seq") == "2");
  CHECK(site.query("SELECT token, app, " + site.micros("last_seen") + " FROM drain ORDER BY token") ==
        table_rows{{"d.1", "shop", micros_text(test_time() + 17min)},
                   {"d.2", "shop", micros_text(test_time() + 17min)}});
}

TEST_CASE("postgres store: a node that hangs while it stores lines does not hold what others need") {
  const postgres_site site;
  auto one = site.make_store("one");
  auto other = site.make_store("other");
  CHECK_DONE(one->open());
  CHECK_DONE(other->open());
  CHECK_DONE(one->write(one_line("F0")));
  site.query(
      "CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN IF NEW.text = 'hang' THEN PERFORM pg_advisory_xact_lock(1); END IF; RETURN NEW; END $$");
  site.query("CREATE TRIGGER hang BEFORE INSERT ON log_line FOR EACH ROW EXECUTE FUNCTION hang()");
  const auto later = test_time() + 5min; // late enough that both update the drain
  pqxx::connection holder(site.url());
  std::optional<pqxx::work> lock(std::in_place, holder);
  lock->exec("SELECT pg_advisory_xact_lock(1)");
  auto hung = std::async(std::launch::async, [&] {
    return write(*one, {make_batch({.id = "F1", .received_at = later}, {app_message("hang")})});
  });
  while (value(site, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'") == "0") {
  }
  CHECK_DONE(write(*other, {make_batch({.id = "F2", .received_at = later}, {app_message("x")})}));
  CHECK(hung.wait_for(0s) == std::future_status::timeout);
  lock.reset();
  CHECK_DONE(hung.get());
  CHECK(value(site, "SELECT count(*) FROM log_line") == "3");
}

TEST_CASE("postgres store: an open reader does not stop the lines of another day from being stored") {
  const postgres_site site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(*store, {make_batch({}, {router_message(plain_request)})}));
  const std::string three_days_ago = "2026-02-27T12:00:00+00:00";
  {
    pqxx::connection connection(site.url());
    pqxx::work reader(connection);
    reader.exec("SELECT count(*) FROM request");
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i)
      CHECK_DONE(write(*store, {make_batch({}, {router_message(plain_request, three_days_ago)})}));
    CHECK(std::chrono::steady_clock::now() - start < 8s); // waiting for a lock 10 s once would take too long
    CHECK(value(site, "SELECT count(*) FROM request_default") == "100");
  }
  // The next try, here by another node, moves them.
  auto other = site.make_store("other");
  CHECK_DONE(other->open());
  CHECK_DONE(write(*other, {make_batch({}, {router_message(plain_request, three_days_ago)})}));
  CHECK(value(site, "SELECT count(*) FROM request_default") == "0");
  CHECK(value(site, "SELECT count(*) FROM request_20260227") == "101");
}

TEST_CASE("postgres store: a day with very many lines in the default partition stays there") {
  const postgres_site site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  site.query("INSERT INTO request (at, drain_id, app) SELECT '2026-03-02 12:00+00', 1, "
             "'shop' FROM generate_series(1, 50001)");
  CHECK_DONE(write(*store, {make_batch({}, {router_message(plain_request), app_message("x")})}));
  CHECK(value(site, "SELECT count(*) FROM request_default") == "50002");
  CHECK(value(site, "SELECT count(*) FROM log_line_20260302") == "1");
}

} // namespace postgres_session_test
