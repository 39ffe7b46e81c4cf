// Cases that only a server has: it stops, dies, hangs or refuses, and its tables are divided by day.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <future>
#include <map>
#include <random>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "db/postgres/copy.hpp"
#include "db/postgres/session.hpp"
#include "db/row_mapping.hpp"
#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/store_sites.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace postgres_store_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;

namespace {

std::vector<batch_ptr> one_line(const std::string& id, const std::string& text = "x") {
  return {make_batch({.id = id}, {app_message(text)})};
}

// Calls `open` until it succeeds, as the DB writer does; false after half a minute.
bool opens_again(db::store& store) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (store.open().code != outcome::done)
    if (std::chrono::steady_clock::now() > deadline)
      return false;
  return true;
}

table_rows partitions(const postgres_site& site, const std::string& table) {
  return site.query("SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '" + table +
                    "'::regclass ORDER BY inhrelid::regclass::text");
}

std::string joined(const table_rows& rows) {
  std::string all;
  for (const auto& row : rows)
    for (const auto& text : row)
      all += (all.empty() ? "" : " ") + text;
  return all;
}

} // namespace

TEST_CASE("postgres store: a stopped server asks to try again, and goes on when it is back") {
  postgres_site site;
  auto& server = postgres_site::server();
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  REQUIRE(store->write(one_line("F1")).code == outcome::done);
  server.stop();
  const auto lost = store->write(one_line("F2"));
  CHECK(lost.code == outcome::retry);
  CAPTURE(lost.message);
  CHECK(lost.message.ends_with("the connection was lost"));
  CHECK(store->write(one_line("F2")).code == outcome::retry);
  const auto refused = store->open();
  CHECK(refused.code == outcome::retry);
  CHECK(refused.message.find("127.0.0.1:" + std::to_string(server.port())) != std::string::npos);
  server.start();
  REQUIRE(opens_again(*store));
  CHECK(store->write(one_line("F1")).code == outcome::done);
  CHECK(store->write(one_line("F2")).code == outcome::done);
  CHECK(site.query("SELECT count(*) FROM log_line") == table_rows{{"2"}});
}

TEST_CASE("postgres store: a killed server loses nothing that was committed") {
  postgres_site site;
  auto& server = postgres_site::server();
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  REQUIRE(store->write(one_line("F1")).code == outcome::done);
  server.kill();
  CHECK(store->write(one_line("F2")).code == outcome::retry);
  server.start();
  REQUIRE(opens_again(*store));
  CHECK(store->write(one_line("F1")).code == outcome::done);
  CHECK(store->write(one_line("F2")).code == outcome::done);
  CHECK(site.query("SELECT count(*) FROM log_line") == table_rows{{"2"}});
}

TEST_CASE("postgres store: a session that the server ends asks to try again") {
  postgres_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  site.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parseflow' AND "
      "datname = current_database()");
  CHECK(store->write(one_line("F1")).code == outcome::retry);
  REQUIRE(opens_again(*store));
  CHECK(store->write(one_line("F1")).code == outcome::done);
}

TEST_CASE("postgres store: a connection lost in the commit is in doubt, and the frame keys decide") {
  postgres_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  // Deferred triggers run within COMMIT.
  site.query("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
             "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$");
  site.query("CREATE CONSTRAINT TRIGGER die AFTER INSERT ON frame DEFERRABLE INITIALLY DEFERRED "
             "FOR EACH ROW EXECUTE FUNCTION die()");
  CHECK(store->write(one_line("F1")).code == outcome::in_doubt);
  site.query("DROP TRIGGER die ON frame");
  REQUIRE(opens_again(*store));
  CHECK(store->write(one_line("F1")).code == outcome::done);
  CHECK(store->write(one_line("F1")).code == outcome::done);
  CHECK(site.query("SELECT count(*) FROM log_line") == table_rows{{"1"}});
}

TEST_CASE("postgres store: a server that hangs is given up in time") {
  postgres_site site;
  auto& server = postgres_site::server();
  auto store = site.make_store(db::postgres_limits{.call = 300ms});
  REQUIRE(store->open().code == outcome::done);
  REQUIRE(store->write(one_line("F1")).code == outcome::done);
  server.freeze();
  const auto start = std::chrono::steady_clock::now();
  const auto hung = store->write(one_line("F2"));
  const auto waited = std::chrono::steady_clock::now() - start;
  server.thaw();
  CHECK(hung.code == outcome::retry);
  CHECK(waited >= 300ms);
  CHECK(waited < 10s);
  REQUIRE(opens_again(*store));
  CHECK(store->write(one_line("F2")).code == outcome::done);
  CHECK(site.query("SELECT count(*) FROM log_line") == table_rows{{"2"}});
}

TEST_CASE("postgres store: the time limit of a call does not outlive it") {
  postgres_site site;
  auto store = site.make_store(db::postgres_limits{.call = 1000ms});
  auto other = site.make_store("other");
  REQUIRE(store->open().code == outcome::done);
  REQUIRE(other->open().code == outcome::done);
  REQUIRE(store->write(one_line("F")).code == outcome::done);
  const auto until = std::chrono::steady_clock::now() + 1300ms;
  for (int i = 0; std::chrono::steady_clock::now() < until; ++i)
    REQUIRE(other->write(one_line("G" + std::to_string(i))).code == outcome::done);
  CHECK(store->write(one_line("H")).code == outcome::done);
}

TEST_CASE("postgres store: a lock that another session holds is waited for in bounds") {
  postgres_site site;
  auto store = site.make_store(db::postgres_limits{.lock = 100ms});
  REQUIRE(store->open().code == outcome::done);
  {
    pqxx::connection other(site.url());
    pqxx::work locking(other);
    locking.exec("LOCK TABLE frame IN ACCESS EXCLUSIVE MODE");
    const auto blocked = store->write(one_line("F1"));
    CHECK(blocked.code == outcome::retry);
    CHECK(blocked.message.find("lock timeout") != std::string::npos);
  }
  CHECK(store->open().code == outcome::done);
  CHECK(store->write(one_line("F1")).code == outcome::done);
}

TEST_CASE("postgres store: data that the database refuses is rejected, the next is not") {
  postgres_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  site.query("ALTER TABLE log_line ADD CONSTRAINT no_poison CHECK (text <> 'poison')");
  std::string much(1u << 20, 'x'); // The refusal comes while rows are still being sent.
  const std::vector<batch_ptr> poisoned{
      make_batch({.id = "F1"}, {app_message("poison"), app_message(much), app_message(much)})};
  const auto refused = store->write(poisoned);
  CHECK(refused.code == outcome::rejected);
  CHECK(refused.message.find("violates check constraint") != std::string::npos);
  CHECK(refused.message.find('\n') == std::string::npos);
  CHECK(store->set_aside(*poisoned[0]->origin, refused.message).code == outcome::done);
  const auto next = store->write(one_line("F2"));
  CHECK_MESSAGE(next.code == outcome::done, next.message);
  CHECK(site.query("SELECT id FROM frame") == table_rows{{"F2"}});
}

TEST_CASE("postgres store: what is wrong with the server is no fault of the data") {
  postgres_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  site.query("ALTER TABLE frame RENAME TO hidden");
  CHECK(store->write(one_line("F1")).code == outcome::retry);
  site.query("ALTER TABLE hidden RENAME TO frame");
  CHECK(store->open().code == outcome::done);
  CHECK(store->write(one_line("F1")).code == outcome::done);
}

TEST_CASE("postgres_copy: a COPY that is given up fails its transaction, not its connection") {
  postgres_site site;
  REQUIRE(site.make_store()->open().code == outcome::done);
  db::postgres_session session(site.url(), {});
  {
    db::postgres_transaction transaction(session);
    db::postgres_copy copy(session.handle(), db::log_table);
    copy.begin_row();
  }
  db::postgres_transaction transaction(session);
  CHECK(transaction.exec("SELECT count(*) FROM log_line")[0][0].as<int>() == 0);
}

TEST_CASE("postgres store: a malformed or unreachable URL is reported without its password") {
  const auto open_at = [](const std::string& url) {
    return db::make_postgres_store({url, "main", {}})->open();
  };
  for (const char* url : {"postgres://user:se/cret@host/db", "postgres://user:12/cret@host/db",
                          "postgres://user:secret@host:port/db", "postgres://user:secret@host/db?nonsense=1",
                          "postgres://user:secret%zz@host/db"}) {
    const auto malformed = open_at(url);
    CAPTURE(malformed.message);
    CHECK(malformed.code == outcome::rejected);
    CHECK(malformed.message.find("malformed") != std::string::npos);
    CHECK(malformed.message.find("cret") == std::string::npos);
  }
  const auto refused = open_at("postgres://user:secret@127.0.0.1:1/db");
  CAPTURE(refused.message);
  CHECK(refused.code == outcome::retry);
  CHECK(refused.message.find("127.0.0.1:1/db") != std::string::npos);
  CHECK(refused.message.find("secret") == std::string::npos);
  const auto no_database = open_at(
      "postgres://postgres:secret@127.0.0.1:" + std::to_string(postgres_site::server().port()) + "/none");
  CHECK(no_database.code == outcome::retry);
  CHECK(no_database.message.find("\"none\" does not exist") != std::string::npos);
  CHECK(no_database.message.find("secret") == std::string::npos);
}

TEST_CASE("postgres store: lines go to the partition of their day, far ones to the default") {
  postgres_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  std::vector<std::string> lines;
  for (const char* date :
       {"2000-01-01", "2026-02-23", "2026-02-22", "2026-03-01", "2026-03-02", "2026-03-03"})
    lines.push_back(app_message("x", std::string(date) + "T11:59:59.999999+00:00"));
  for (int day = 1; day < 29; ++day)
    lines.push_back(app_message("far", "2020-02-" + std::string(day < 10 ? "0" : "") + std::to_string(day) +
                                           "T00:00:00+00:00"));
  REQUIRE(store->write(std::vector<batch_ptr>{make_batch({}, lines)}).code == outcome::done);
  CHECK(joined(partitions(site, "log_line")) ==
        "log_line_20260223 log_line_20260301 log_line_20260302 log_line_20260303 log_line_default");
  CHECK(site.query("SELECT count(*) FROM log_line_default") == table_rows{{"30"}});
  CHECK(site.query("SELECT count(*) FROM log_line_20260303") == table_rows{{"1"}});
}

TEST_CASE("postgres store: when a far day comes near, its lines move to its partition") {
  postgres_site site;
  const auto ahead = app_message("of the ninth", "2026-03-09T12:00:00+00:00");
  {
    auto store = site.make_store();
    REQUIRE(store->open().code == outcome::done);
    REQUIRE(
        store->write(std::vector<batch_ptr>{make_batch({}, {ahead, router_message(plain_request)})}).code ==
        outcome::done);
    // A line dated far ahead of its arrival gets its arrival's date; earlier versions kept the date.
    site.query("UPDATE log_line SET at = '2026-03-09 12:00:00+00'");
    CHECK(site.query("SELECT count(*) FROM log_line_default") == table_rows{{"1"}});
    REQUIRE(store->write(std::vector<batch_ptr>{make_batch({.received_at = test_time() + 7 * 24h}, {ahead})})
                .code == outcome::done);
  }
  CHECK(site.query("SELECT count(*) FROM log_line_default") == table_rows{{"0"}});
  CHECK(site.query("SELECT count(*) FROM log_line_20260309") == table_rows{{"2"}});
  CHECK(site.query("SELECT count(*) FROM pg_indexes WHERE tablename = 'log_line_20260309' "
                   "AND indexdef LIKE '%brin%'") == table_rows{{"1"}});
  // Another process finds the partition.
  auto other = site.make_store();
  REQUIRE(other->open().code == outcome::done);
  CHECK(other->write(std::vector<batch_ptr>{make_batch({.received_at = test_time() + 7 * 24h}, {ahead})})
            .code == outcome::done);
}

TEST_CASE("postgres store: nodes that meet an empty database at the same time all succeed at once") {
  postgres_site site;
  constexpr int nodes = 6;
  std::barrier together(nodes);
  const auto work = [&](int number) {
    auto store = site.make_store("node " + std::to_string(number));
    together.arrive_and_wait();
    const db::result opened = store->open();
    together.arrive_and_wait();
    const db::result written = store->write(one_line("F" + std::to_string(number)));
    return opened.message + written.message;
  };
  std::vector<std::future<std::string>> all;
  for (int i = 0; i < nodes; ++i)
    all.push_back(std::async(std::launch::async, work, i));
  for (auto& node : all)
    CHECK(node.get() == "");
  CHECK(site.query("SELECT count(*) FROM log_line_20260302") == table_rows{{std::to_string(nodes)}});
}

TEST_CASE("postgres store: a deadlock asks to try again, and the next try succeeds") {
  const postgres_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  REQUIRE(store->write(one_line("F1")).code == outcome::done);
  pqxx::connection other(site.url());
  {
    // Another session takes locks in another order: the later frame first. Only the store's session looks
    // for deadlocks.
    pqxx::work transaction(other);
    transaction.exec("SET deadlock_timeout = '1h'");
    transaction.exec("INSERT INTO frame (drain_id, id, received_at) VALUES (1, 'F3', now())");
    auto written = std::async(std::launch::async, [&] {
      return store->write(std::vector<batch_ptr>{make_batch({.id = "F2"}, {app_message("x")}),
                                                 make_batch({.id = "F3"}, {app_message("x")})});
    });
    while (value(site, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                       "wait_event_type = 'Lock'") == "0") {
    }
    transaction.exec("INSERT INTO frame (drain_id, id, received_at) VALUES (1, 'F2', now())");
    const auto result = written.get();
    CHECK(result.code == outcome::retry);
    CAPTURE(result.message);
    CHECK(result.message.find("deadlock") != std::string::npos);
    CHECK(result.stored_elsewhere.empty());
  }
  CHECK(store->write(one_line("F2")).code == outcome::done);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "2");
}

TEST_CASE(
    "postgres store: nodes that write overlapping frames in any order store and count each of them once") {
  const postgres_site site;
  constexpr int nodes = 3, drains = 4, frames = 600, at_once = 60;
  // Every frame reaches two or all of the nodes, as after failovers; its lines are dated on different days.
  const auto frame = [](int number) {
    return make_batch({.drain = "d." + std::to_string(number % drains), .id = "F" + std::to_string(number)},
                      {app_message("x"), router_message(plain_request),
                       app_message("y", fmt::format("2026-03-{:02}T12:00:00+00:00", 1 + number % 3))});
  };
  std::barrier together(nodes);
  std::array<std::uint64_t, nodes> counted{}; // lines that stay counted in the metrics of a node
  const auto work = [&](int node) {
    std::mt19937 random(static_cast<unsigned>(node));
    auto store = site.make_store("node " + std::to_string(node));
    bool is_fine = opens_again(*store);
    for (int first = 0; first < frames; first += at_once) {
      std::vector<batch_ptr> batches;
      for (int number = first; number < first + at_once; ++number)
        if (number % (nodes + 1) != node)
          batches.push_back(frame(number));
      std::shuffle(batches.begin(), batches.end(), random);
      together.arrive_and_wait();
      const auto written = store->write(batches);
      // Locks are always taken in the same order, so no node has to try again.
      is_fine = is_fine && written.code == outcome::done;
      for (const auto& batch : batches)
        counted[static_cast<std::size_t>(node)] += batch->records.framing.lines;
      for (const auto& batch : written.stored_elsewhere)
        counted[static_cast<std::size_t>(node)] -= batch->records.framing.lines;
    }
    return is_fine;
  };
  std::vector<std::future<bool>> all;
  for (int node = 0; node < nodes; ++node)
    all.push_back(std::async(std::launch::async, work, node));
  for (auto& node : all)
    CHECK(node.get());
  CHECK(value(site, "SELECT count(*) FROM frame") == std::to_string(frames));
  CHECK(value(site, "SELECT count(*) FROM log_line") == std::to_string(2 * frames));
  CHECK(value(site, "SELECT count(*) FROM request") == std::to_string(frames));
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  std::map<std::string, std::uint64_t> stored;
  CHECK(store->rollups({}, [&](const stored_rollup& part) { stored[part.node] += part.data.lines; }).code ==
        outcome::done);
  for (std::size_t node = 0; node < nodes; ++node)
    CHECK(stored["node " + std::to_string(node)] == counted[node]);
  CHECK(counted[0] + counted[1] + counted[2] == 3 * std::uint64_t{frames});
}

TEST_CASE("postgres store: two nodes that start and write at the same time do not hinder each other") {
  postgres_site site;
  constexpr int frames = 50;
  const auto work = [&](const std::string& node) {
    auto store = site.make_store(node);
    bool is_fine = opens_again(*store);
    for (int i = 0; i < frames && is_fine; ++i) {
      std::vector<batch_ptr> batches;
      for (int k = 0; k < 5; ++k) // Both write the same frames.
        batches.push_back(make_batch({.drain = "d." + std::to_string(k), .id = "F" + std::to_string(i)},
                                     {app_message("x")}));
      while (store->write(batches).code != outcome::done)
        is_fine = is_fine && opens_again(*store);
    }
    return is_fine;
  };
  auto first = std::async(std::launch::async, work, "one");
  auto second = std::async(std::launch::async, work, "two");
  CHECK(first.get());
  CHECK(second.get());
  CHECK(site.query("SELECT count(*) FROM log_line") == table_rows{{std::to_string(5 * frames)}});
  std::uint64_t counted = 0;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  CHECK(store->rollups({}, [&](const stored_rollup& rollup) { counted += rollup.data.lines; }).code ==
        outcome::done);
  CHECK(counted == 5 * frames);
}

TEST_CASE("postgres store: what a start reads does not grow with the frames that are stored") {
  const postgres_site site;
  REQUIRE(site.make_store()->open().code == outcome::done);
  site.query("INSERT INTO drain (token, app, first_seen, last_seen) VALUES ('d.1', 'shop', now(), now())");
  site.query("ALTER TABLE frame DROP CONSTRAINT frame_pkey"); // Inserting is faster without an index.
  site.query("INSERT INTO frame SELECT 1, lpad(n::text, 8, '0'), now() - n * interval '1 ms', 'main' "
             "FROM generate_series(0, 4999999) AS n");
  site.query("ALTER TABLE frame ADD PRIMARY KEY (drain_id, id)");
  std::vector<frame_key> asked;
  for (int i = 0; i < 1'000; ++i) // every second one is stored
    asked.push_back({"d.1", fmt::format("{:08}", i % 2 == 0 ? i : 90'000'000 + i)});
  // The server updates the count when a session ends.
  const auto rows_read = [&] {
    return std::stoull(value(site, "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables "
                                   "WHERE relname = 'frame'"));
  };
  const auto scans = [&] {
    return std::stoull(value(site, "SELECT idx_scan FROM pg_stat_user_tables WHERE relname = 'frame'"));
  };
  const auto read_before = rows_read(), scans_before = scans();
  std::size_t found = 0;
  {
    auto store = site.make_store();
    REQUIRE(store->open().code == outcome::done);
    REQUIRE(store
                ->recall({.frames = asked}, {.on_rollup = [](const stored_rollup&) {},
                                             .on_stored = [&](const frame_key&) { ++found; },
                                             .on_alert = [](const alert&) {}})
                .code == outcome::done);
  }
  CHECK(found == 500);
  while (scans() == scans_before) {
  }
  CHECK(scans() - scans_before == asked.size());
  CHECK(rows_read() - read_before <= asked.size());
}

TEST_CASE(
    "postgres store: what a server that was set back lacks is reported, and added to its rollups again") {
  const postgres_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  REQUIRE(store->write(one_line("F1")).code == outcome::done);
  site.query("CREATE TABLE earlier AS SELECT * FROM rollup");
  REQUIRE(store->write(one_line("F2")).code == outcome::done);
  // Like a standby that lagged and has taken over.
  site.query(
      "DELETE FROM frame WHERE id = 'F2'; DELETE FROM log_line WHERE ctid = (SELECT max(ctid) FROM "
      "log_line); DELETE FROM rollup; INSERT INTO rollup SELECT * FROM earlier; "
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parseflow' AND "
      "datname = current_database()");
  CHECK(store->write(one_line("F3")).code == outcome::retry);
  REQUIRE(opens_again(*store));
  CHECK(stored_among(*store, {{"d.1", "F1"}, {"d.1", "F2"}}) == std::vector<frame_key>{{"d.1", "F1"}});
  REQUIRE(store->write(one_line("F2")).code == outcome::done);
  REQUIRE(store->write(one_line("F3")).code == outcome::done);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "3");
  CHECK(rollups_of(*store).at(0).data.lines == 3);
}

} // namespace postgres_store_test
