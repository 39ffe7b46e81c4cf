// What every store promises, checked on SQLite and on a real PostgreSQL.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include "messages/logplex/parse.hpp"
#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/store_sites.hpp"

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;

#define STORE_TEST(name) TEST_CASE_TEMPLATE(name, site_type, sqlite_site, postgres_site)

namespace {

// Checks that `done` was the outcome, and shows the message if not.
#define CHECK_DONE(call)                                                                                     \
  do {                                                                                                       \
    const db::result outcome_of_call = (call);                                                               \
    CHECK_MESSAGE(outcome_of_call.code == outcome::done, outcome_of_call.message);                           \
  } while (false)

db::result write(db::store& store, std::initializer_list<batch_ptr> batches) {
  return store.write(std::vector<batch_ptr>(batches));
}

template <class Site>
std::string value(const Site& site, const std::string& sql) {
  return site.query(sql).at(0).at(0);
}

std::vector<stored_rollup> rollups_of(db::store& store) {
  std::vector<stored_rollup> all;
  CHECK_DONE(store.rollups([&](stored_rollup next) { all.push_back(std::move(next)); }));
  return all;
}

std::vector<frame_key> recent(db::store& store, timestamp since, std::size_t limit = 1000) {
  std::vector<frame_key> keys;
  CHECK_DONE(store.recent_frames(since, limit, [&](frame_key key) { keys.push_back(std::move(key)); }));
  return keys;
}

std::string micros_text(timestamp at) {
  return std::to_string(at.time_since_epoch().count());
}

} // namespace

STORE_TEST("store: opens an empty database, and the same one again") {
  site_type site;
  auto first = site.make_store();
  CHECK_DONE(first->open());
  CHECK_DONE(first->open());
  auto second = site.make_store();
  CHECK_DONE(second->open());
  CHECK(value(site, "SELECT count(*) FROM schema_version") == "1");
}

STORE_TEST("store: a database of a newer program is not touched") {
  site_type site;
  CHECK_DONE(site.make_store()->open());
  site.query("INSERT INTO schema_version SELECT 999, name, applied_at FROM schema_version");
  const db::result opened = site.make_store()->open();
  CHECK(opened.code == outcome::rejected);
  CHECK(opened.message.find("version 999") != std::string::npos);
}

STORE_TEST("store: calls before open ask to try again") {
  site_type site;
  auto store = site.make_store();
  CHECK(write(*store, {make_batch({}, {app_message("x")})}).code == outcome::retry);
  CHECK(store->set_aside({}, "x").code == outcome::retry);
  CHECK(store->recent_frames({}, 1, [](frame_key) {}).code == outcome::retry);
  CHECK(store->rollups([](stored_rollup) {}).code == outcome::retry);
}

STORE_TEST("store: every field of a router line has its column") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(
      *store,
      {make_batch(
          {}, {router_message(
                  R"(sock=client at=warning code=H27 desc="Client \"gone\"" method=PUT )"
                  R"(path="/cart?q=\"a b\"&x=\\" host=shop.example.com request_id=1e2d fwd="203.0.113.9, )"
                  R"(198.51.100.4" dyno=web.1 connect=1ms service=3600000ms status=499 bytes=7000000000 )"
                  R"(protocol=http2.0 tls=true tls_version=tls1.3 flag)")})}));
  const auto rows =
      site.query("SELECT " + site.micros("at") +
                 ", drain_id, app, dyno, method, path, host, request_id, fwd, status, code, connect_ms, "
                 "service_ms, bytes, protocol, tls_version, level, extra, raw FROM request");
  REQUIRE(rows.size() == 1);
  const auto expected = std::vector<std::string>{
      micros_text(test_time() + 31'482'915us),
      "1",
      "shop",
      "web.1",
      "PUT",
      R"(/cart?q="a b"&x=\\)",
      "shop.example.com",
      "1e2d",
      "203.0.113.9, 198.51.100.4",
      "499",
      "H27",
      "1",
      "3600000",
      "7000000000",
      "http2.0",
      "tls1.3",
      "warning",
      R"({"sock": "client", "desc": "Client \"gone\"", "tls": "true", "flag": true})",
      "NULL"};
  CHECK(rows[0] == expected);
}

STORE_TEST("store: what a router line leaves empty is NULL") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(
      write(*store, {make_batch({}, {router_message("at=error code=H24 method=GET path=\"/\" host= fwd=\"\" "
                                                    "dyno= connect= service= status= bytes=")})}));
  const auto rows =
      site.query("SELECT dyno, host, request_id, fwd, status, connect_ms, service_ms, bytes, protocol, "
                 "tls_version, extra, raw FROM request");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0] == std::vector<std::string>(12, "NULL"));
}

STORE_TEST("store: numbers that no column holds are kept in extra") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(
      *store,
      {make_batch({}, {router_message("at=loud method=GET path=/a b c host=x status=99999999999999999999 "
                                      "connect=1.5ms service=-3ms bytes=9223372036854775808")})}));
  const auto rows = site.query("SELECT path, status, service_ms, bytes, level, extra FROM request");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0][0] == "/a b c");
  CHECK(rows[0][1] == "NULL");
  CHECK(rows[0][2] == "NULL");
  CHECK(rows[0][3] == "NULL");
  CHECK(rows[0][4] == "NULL");
  CHECK(rows[0][5] ==
        R"({"at": "loud", "status": "99999999999999999999", "connect": "1.5ms", "service": "-3ms", )"
        R"("bytes": "9223372036854775808"})");
}

STORE_TEST("store: every field of another line has its column") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(
      *store, {make_batch({}, {app_message("Grüße \xE2\x98\x95"), app_message(""), "no syslog header"})}));
  const auto rows =
      site.query("SELECT " + site.micros("at") +
                 ", drain_id, source, proc, kind, severity, text, raw FROM log_line ORDER BY text");
  REQUIRE(rows.size() == 3);
  const std::string at = micros_text(test_time() + 31'482'915us);
  using row = std::vector<std::string>;
  CHECK(rows[0] == row{at, "1", "app", "web.1", "text", "NULL", "", "NULL"});
  CHECK(rows[1] == row{at, "1", "app", "web.1", "text", "NULL", "Grüße \xE2\x98\x95", "NULL"});
  CHECK(rows[2] ==
        row{micros_text(test_time()), "1", "NULL", "NULL", "malformed", "NULL", "no syslog header", "NULL"});
}

STORE_TEST("store: a drain keeps its first app name out of date only until the next frame") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(*store, {make_batch({.id = "1", .app = "old"}, {app_message("x")})}));
  CHECK_DONE(write(
      *store, {make_batch({.id = "2", .app = "new", .received_at = test_time() + 90s}, {app_message("x")})}));
  CHECK_DONE(write(
      *store, {make_batch({.id = "3", .app = "new", .received_at = test_time() + 10s}, {app_message("x")})}));
  const auto rows = site.query("SELECT token, app, " + site.micros("first_seen") + ", " +
                               site.micros("last_seen") + " FROM drain");
  CHECK(rows == table_rows{{"d.1", "new", micros_text(test_time()), micros_text(test_time() + 90s)}});
}

STORE_TEST("store: a frame that comes again adds nothing") {
  site_type site;
  const auto once = make_batch({.id = "F1"}, {app_message("x"), router_message(plain_request)});
  const auto retry_of_it = make_batch({.id = "F1"}, {app_message("another body"), app_message("x")});
  {
    auto store = site.make_store();
    CHECK_DONE(store->open());
    CHECK_DONE(write(*store, {once, retry_of_it, once}));
    CHECK_DONE(write(*store, {retry_of_it}));
  }
  auto reopened = site.make_store();
  CHECK_DONE(reopened->open());
  CHECK_DONE(write(*reopened, {retry_of_it, make_batch({.id = "F2"}, {app_message("y")}), once}));
  CHECK(site.query("SELECT text FROM log_line ORDER BY text") == table_rows{{"x"}, {"y"}});
  CHECK(value(site, "SELECT count(*) FROM request") == "1");
  CHECK(value(site, "SELECT count(*) FROM frame") == "2");
  const auto all = rollups_of(*reopened);
  REQUIRE(all.size() == 1);
  CHECK(all[0].data.lines == 3);
}

STORE_TEST("store: the same frame id of two drains is two frames, and an empty one equals no other") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(*store, {make_batch({.drain = "d.1", .id = "F"}, {app_message("x")}),
                            make_batch({.drain = "d.2", .id = "F"}, {app_message("x")}),
                            make_batch({.drain = "d.1"}, {app_message("x")}),
                            make_batch({.drain = "d.1"}, {app_message("x")})}));
  CHECK(value(site, "SELECT count(*) FROM log_line") == "4");
  CHECK(value(site, "SELECT count(*) FROM frame") == "2");
  CHECK(rollups_of(*store).at(0).data.lines == 4);
}

STORE_TEST("store: rollups add up over batches, writes, restarts and late lines") {
  site_type site;
  const auto early = app_message("late", "2026-03-02T09:00:10+00:00");
  {
    auto store = site.make_store();
    CHECK_DONE(store->open());
    CHECK_DONE(write(*store, {make_batch({}, {app_message("x"), early}),
                              make_batch({}, {router_message(plain_request)}),
                              make_batch({.app = "blog"}, {app_message("x")})}));
    CHECK_DONE(write(*store, {make_batch({}, {app_message("x")})}));
  }
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(*store, {make_batch({}, {app_message("x"), early})}));
  const auto all = rollups_of(*store);
  REQUIRE(all.size() == 3);
  CHECK(all[0].app == "shop");
  CHECK(all[0].at == minute_of(test_time()) - 307min);
  CHECK(all[0].data.lines == 2);
  CHECK(all[1].app == "blog");
  CHECK(all[1].data.lines == 1);
  CHECK(all[2].app == "shop");
  CHECK(all[2].at == minute_of(test_time()));
  CHECK(all[2].data.lines == 4);
  CHECK(all[2].data.requests == 1);
}

STORE_TEST("store: rollups of another node are kept apart, of the same node added, whoever writes") {
  site_type site;
  auto first = site.make_store();
  auto same_node = site.make_store();
  auto other_node = site.make_store("other");
  for (auto* store : {&first, &same_node, &other_node})
    CHECK_DONE((*store)->open());
  for (int i = 0; i < 3; ++i)
    for (auto* store : {&first, &same_node, &other_node})
      CHECK_DONE(write(**store, {make_batch({}, {app_message("x")})}));
  const auto all = rollups_of(*first);
  REQUIRE(all.size() == 2);
  CHECK(all[0].data.lines == 6);
  CHECK(all[1].data.lines == 3);
}

STORE_TEST("store: a rollup that cannot be read is reported and never overwritten") {
  site_type site;
  {
    auto store = site.make_store();
    CHECK_DONE(store->open());
    CHECK_DONE(
        write(*store, {make_batch({}, {app_message("x")}), make_batch({.app = "blog"}, {app_message("x")})}));
  }
  site.query("UPDATE rollup SET data = '?' WHERE app = 'shop'");
  auto store = site.make_store();
  CHECK_DONE(store->open());
  std::size_t taken = 0;
  CHECK(store->rollups([&](const stored_rollup&) { ++taken; }).code == outcome::rejected);
  CHECK(taken == 1);
  CHECK(write(*store, {make_batch({}, {app_message("x")})}).code == outcome::rejected);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "2");
}

STORE_TEST("store: recent frames come newest first, not older than asked, not more than asked") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  for (int i = 0; i < 5; ++i)
    CHECK_DONE(write(*store,
                     {make_batch({.id = fmt::format("F{}", i), .received_at = test_time() + i * 1min}, {})}));
  using keys = std::vector<frame_key>;
  CHECK(recent(*store, test_time() + 3min) == keys{{"d.1", "F4"}, {"d.1", "F3"}});
  CHECK(recent(*store, timestamp::min(), 3) == keys{{"d.1", "F4"}, {"d.1", "F3"}, {"d.1", "F2"}});
  CHECK(recent(*store, timestamp::max()).empty());
  CHECK(recent(*store, timestamp::min(), SIZE_MAX).size() == 5);
}

STORE_TEST("store: names of any bytes come back as they were") {
  site_type site;
  const std::vector<std::string> names{
      "plain", std::string("nul\0in it", 9), "\xFF\xFE", "\xFF\xFD", "a\\b", "a\\\\b", "\\xFF", "quote\"{,}'",
      "Grüße"};
  {
    auto store = site.make_store();
    CHECK_DONE(store->open());
    for (const std::string& name : names)
      CHECK_DONE(write(*store, {make_batch({.drain = name, .id = name, .app = name}, {app_message("x")})}));
    for (const std::string& name : names)
      CHECK_DONE(write(*store, {make_batch({.drain = name, .id = name, .app = name}, {app_message("x")})}));
  }
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK(value(site, "SELECT count(*) FROM log_line") == std::to_string(names.size()));
  const auto keys = recent(*store, timestamp::min());
  const auto all = rollups_of(*store);
  CHECK(all.size() == names.size());
  for (const std::string& name : names) {
    CHECK(std::find(keys.begin(), keys.end(), frame_key{name, name}) != keys.end());
    CHECK(std::any_of(all.begin(), all.end(), [&](const auto& rollup) { return rollup.app == name; }));
  }
}

STORE_TEST("store: names of any length are told apart") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const std::string name(8000, '\xF0');
  for (const char* suffix : {"a", "b", "a"})
    CHECK_DONE(write(*store, {make_batch({.drain = name + suffix, .id = name + suffix, .app = name + suffix},
                                         {app_message("x")})}));
  CHECK(value(site, "SELECT count(*) FROM frame") == "2");
  CHECK(value(site, "SELECT count(*) FROM log_line") == "2");
  CHECK(rollups_of(*store).size() == 2);
  frame refused;
  refused.key = {name, name};
  CHECK_DONE(store->set_aside(refused, name));
}

STORE_TEST("store: bytes that no database takes are stored readable, and whole in raw") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const std::string nul("a\0b", 3);
  CHECK_DONE(write(
      *store,
      {make_batch({}, {app_message(nul), app_message("cut \xE2\x98"),
                       app_message("\xED\xA0\x80 \xC0\x80 ok \xF4\x90\x80\x80"),
                       router_message("at=info method=GET path=\"/\xFF\" host=x desc=\"\xFE\" status=200"),
                       "<190>1 2026-03-02T14:07:31+00:00 host a\xFFpp w\\1 - text\n"})}));
  const std::string bad = "\xEF\xBF\xBD";
  const auto rows = site.query("SELECT text, coalesce(" + site.hex("raw") + ", '') FROM log_line ORDER BY 2");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0] == std::vector<std::string>{"text", ""});
  CHECK(rows[1] == std::vector<std::string>{"a" + bad + "b", "610062"});
  CHECK(rows[2] == std::vector<std::string>{"cut " + bad + bad, "63757420e298"});
  CHECK(rows[3][0] == bad + bad + bad + " " + bad + bad + " ok " + bad + bad + bad + bad);
  CHECK(site.query("SELECT source, proc FROM log_line WHERE raw IS NULL") ==
        table_rows{{"a\\xFFpp", "w\\\\1"}});
  const auto requests = site.query("SELECT path, extra, " + site.hex("raw") + " FROM request");
  REQUIRE(requests.size() == 1);
  CHECK(requests[0][0] == "/" + bad);
  CHECK(requests[0][1] == "{\"desc\": \"" + bad + "\"}");
  CHECK(requests[0][2].find("706174683d222fff22") != std::string::npos);
}

STORE_TEST("store: a line of 10 MiB is stored whole") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const std::string large(10u << 20, 'x');
  CHECK_DONE(write(*store, {make_batch({}, {app_message(large), router_message("at=info method=GET path=\"/" +
                                                                               large + "\" status=200")})}));
  CHECK(value(site, "SELECT sum(length(text)) FROM log_line") == std::to_string(large.size()));
  CHECK(value(site, "SELECT sum(length(path)) FROM request") == std::to_string(large.size() + 1));
}

STORE_TEST("store: lines and frames of any date are stored") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const std::vector<std::string> dates{"0000-01-01T00:00:00+00:00", "0001-01-01T00:00:00+00:00",
                                       "1999-12-31T23:59:59+00:00", "2099-01-01T00:00:00+00:00",
                                       "9999-12-31T23:59:59.999999+00:00"};
  std::vector<std::string> lines;
  for (const std::string& date : dates) {
    lines.push_back(app_message(date, date));
    lines.push_back(router_message(plain_request, date));
  }
  CHECK_DONE(write(*store, {make_batch({.id = "1", .received_at = timestamp::max()}, lines),
                            make_batch({.id = "2", .received_at = timestamp::min()}, lines),
                            make_batch({.id = "3"}, lines)}));
  CHECK(value(site, "SELECT count(*) FROM log_line") == "15");
  CHECK(value(site, "SELECT count(*) FROM request") == "15");
  CHECK(value(site, "SELECT " + site.micros("at") + " FROM log_line WHERE text LIKE '9999%' LIMIT 1") ==
        "253402300799999999");
  std::uint64_t counted = 0;
  for (const auto& rollup : rollups_of(*store))
    counted += rollup.data.lines;
  CHECK(counted == 30);
}

STORE_TEST("store: whatever a body holds, it is stored") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  std::string soup;
  for (int i = 0; i < 4000; ++i)
    soup += static_cast<char>(i * 7919 % 256);
  std::vector<batch_ptr> batches{make_batch({}, {soup}), make_batch({}, {""}), make_batch({}, {}),
                                 make_batch({}, {"\n"})};
  for (std::size_t cut = 0; cut < 400; cut += 3)
    batches.push_back(make_batch(
        {},
        {router_message(soup.substr(cut)), app_message(soup.substr(cut, cut)),
         router_message("method=GET path=\"" + soup.substr(cut, 100) + " x=" + soup.substr(cut, 50) + '"'),
         router_message(plain_request + ' ' + soup.substr(cut, 200)), soup.substr(cut, 60)}));
  std::size_t lines = 0;
  for (const auto& batch : batches)
    lines += batch->records.requests.size() + batch->records.lines.size();
  CHECK_DONE(store->write(batches));
  const std::string stored =
      value(site, "SELECT (SELECT count(*) FROM request) + (SELECT count(*) FROM log_line)");
  CHECK(stored == std::to_string(lines));
  // What the database can do with the JSON: parse it.
  CHECK(value(site,
              "SELECT count(*) FROM request WHERE extra IS NOT NULL AND (extra ->> 'no such key') IS NULL") ==
        value(site, "SELECT count(*) FROM request WHERE extra IS NOT NULL"));
}

STORE_TEST("store: a write that fails leaves nothing behind") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(*store, {make_batch({.id = "F0"}, {app_message("x")})}));
  site.query("ALTER TABLE rollup RENAME TO hidden");
  const auto fresh =
      make_batch({.drain = "d.2", .id = "F1"}, {app_message("y"), router_message(plain_request)});
  CHECK(write(*store, {fresh}).code != outcome::done);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "1");
  CHECK(value(site, "SELECT count(*) FROM request") == "0");
  CHECK(value(site, "SELECT count(*) FROM frame") == "1");
  CHECK(value(site, "SELECT count(*) FROM drain") == "1");
  site.query("ALTER TABLE hidden RENAME TO rollup");
  CHECK_DONE(write(*store, {fresh}));
  CHECK(value(site, "SELECT count(*) FROM log_line") == "2");
  CHECK(rollups_of(*store).at(0).data.lines == 3);
}

STORE_TEST("store: a frame set aside keeps its bytes, once") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  frame refused;
  refused.key = {"d.1", "F1"};
  refused.app = "shop";
  refused.mode = structured_data::present;
  refused.received_at = test_time();
  refused.body = std::string("\0\xFF body", 7);
  CHECK_DONE(store->set_aside(refused, "because of \xFF"));
  CHECK_DONE(store->set_aside(refused, "again"));
  refused.key.id.clear();
  refused.body.clear();
  CHECK_DONE(store->set_aside(refused, "one"));
  CHECK_DONE(store->set_aside(refused, "two"));
  const auto rows = site.query(
      "SELECT drain, frame_id, app, CASE WHEN CAST(structured_data AS integer) = 1 THEN 'present' END, " +
      site.micros("received_at") + ", reason, " + site.hex("body") + " FROM rejected_frame ORDER BY id");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == std::vector<std::string>{"d.1", "F1", "shop", "present", micros_text(test_time()),
                                            "because of \xEF\xBF\xBD", "00ff20626f6479"});
  CHECK(rows[1][1] == "NULL");
  CHECK(rows[1][6] == "");
}

TEST_CASE("store: SQLite and PostgreSQL have the same tables") {
  sqlite_site sqlite;
  postgres_site postgres;
  CHECK_DONE(sqlite.make_store()->open());
  CHECK_DONE(postgres.make_store()->open());
  for (const char* table :
       {"drain", "frame", "request", "log_line", "rollup", "rejected_frame", "schema_version"}) {
    CAPTURE(table);
    const auto columns = sqlite.query(sqlite.columns_of(table));
    CHECK(columns.size() > 2);
    CHECK(columns == postgres.query(postgres.columns_of(table)));
  }
}
