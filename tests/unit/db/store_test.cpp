// What every store promises, checked on SQLite and on a real PostgreSQL.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "db/migrations.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace store_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;

STORE_TEST("store: opens an empty database, and the same one again") {
  site_type site;
  auto first = site.make_store();
  CHECK_DONE(first->open());
  CHECK_DONE(first->open());
  auto second = site.make_store();
  CHECK_DONE(second->open());
  CHECK(value(site, "SELECT count(*) FROM schema_version") == std::to_string(db::sqlite_migrations().size()));
}

STORE_TEST("store: a database of a newer program is not touched") {
  site_type site;
  CHECK_DONE(site.make_store()->open());
  site.query("INSERT INTO schema_version SELECT 999, name, applied_at FROM schema_version WHERE version = 1");
  const db::result opened = site.make_store()->open();
  CHECK(opened.code == outcome::rejected);
  CHECK(opened.message.find("version 999") != std::string::npos);
}

STORE_TEST("store: calls before open ask to try again") {
  site_type site;
  auto store = site.make_store();
  CHECK(write(*store, {make_batch({}, {app_message("x")})}).code == outcome::retry);
  CHECK(store->set_aside({}, "x").code == outcome::retry);
  CHECK(store->recall({}, {.on_stored = [](const frame_key&) {}}).code == outcome::retry);
  CHECK(store->rollups({}, [](stored_rollup) {}).code == outcome::retry);
  CHECK(store->write_alerts(std::vector<alert>(1)).code == outcome::retry);
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

STORE_TEST("store: a drain has the app of its latest frame, and the times of its first and latest") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const auto frame_at = [](const char* id, const char* app, std::chrono::seconds after) {
    return make_batch({.id = id, .app = app, .received_at = test_time() + after}, {app_message("x")});
  };
  CHECK_DONE(write(*store, {frame_at("1", "old", 0s)}));
  CHECK_DONE(write(*store, {frame_at("2", "new", 10s)}));
  CHECK(value(site, "SELECT app FROM drain") == "new");
  CHECK_DONE(write(*store, {frame_at("3", "new", 90s)}));
  CHECK_DONE(write(*store, {frame_at("4", "new", 20s)}));
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
    CHECK_DONE(write(*store, {once, once, retry_of_it}));
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

STORE_TEST("store: the same frame id of two drains is two frames") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(*store, {make_batch({.drain = "d.1", .id = "F"}, {app_message("x")}),
                            make_batch({.drain = "d.2", .id = "F"}, {app_message("x")})}));
  CHECK(value(site, "SELECT count(*) FROM log_line") == "2");
  CHECK(value(site, "SELECT count(*) FROM frame") == "2");
  CHECK(rollups_of(*store).at(0).data.lines == 2);
}

STORE_TEST("store: reports which of some frames are stored") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const std::string long_id(300, 'x');
  CHECK_DONE(write(*store, {make_batch({.drain = "d.1", .id = "F1"}, {app_message("x")}),
                            make_batch({.drain = "d.2", .id = "F2"}, {app_message("x")}),
                            make_batch({.drain = "d.1", .id = long_id}, {app_message("x")})}));
  std::vector<frame_key> asked{{"d.1", "F1"}, {"d.2", "F1"}, {"d.2", "F2"}, {"none", "F2"}, {"d.1", long_id}};
  for (int i = 0; i < 25'000; ++i) // more than one query can take
    asked.push_back({"d.1", fmt::format("none {}", i)});
  asked.push_back({"d.2", "F2"});
  std::vector<frame_key> found = stored_among(*store, asked);
  const auto by_name = [](const frame_key& a, const frame_key& b) {
    return std::tie(a.drain, a.id) < std::tie(b.drain, b.id);
  };
  std::sort(found.begin(), found.end(), by_name);
  CHECK(found == std::vector<frame_key>{{"d.1", "F1"}, {"d.1", long_id}, {"d.2", "F2"}, {"d.2", "F2"}});
  CHECK(stored_among(*store, {}).empty());
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

STORE_TEST("store: gives the rollups of some nodes, or of all but some") {
  site_type site;
  const std::string odd = "a \"b\" \\ 'c', {d}", long_name(300, 'n');
  for (const std::string& node : {std::string("a"), odd, long_name}) {
    auto store = site.make_store(node);
    CHECK_DONE(store->open());
    CHECK_DONE(write(*store, {make_batch({}, {app_message("x")})}));
  }
  auto store = site.make_store("a");
  CHECK_DONE(store->open());
  const auto nodes = [&](const db::node_filter& wanted) {
    std::vector<std::string> found;
    for (const auto& part : rollups_of(*store, wanted))
      found.push_back(part.node);
    std::sort(found.begin(), found.end());
    return found;
  };
  using filter = db::node_filter;
  using names = std::vector<std::string>;
  const std::string shortened = nodes(filter::only(long_name)).at(0);
  CHECK(nodes(filter::all()) == names{"a", odd, shortened});
  CHECK(nodes(filter::only("a")) == names{"a"});
  CHECK(nodes(filter::only(odd)) == names{odd});
  CHECK(nodes(filter::only("none")).empty());
  CHECK(nodes(filter::all_but({"a", "none"})) == names{odd, shortened});
  CHECK(nodes(filter::all_but({odd, long_name})) == names{"a"});
  CHECK(nodes(filter::all_but({odd, long_name, "a"})).empty());
}

STORE_TEST("store: reports which batches were stored before, by another node or by this one") {
  site_type site;
  auto own = site.make_store("own");
  auto other = site.make_store("other");
  for (auto* store : {&own, &other})
    CHECK_DONE((*store)->open());
  const auto frame = [](const char* drain, const char* id) {
    return make_batch({.drain = drain, .id = id}, {app_message("x")});
  };
  const auto first = frame("d.1", "1"), second = frame("d.2", "2"), third = frame("d.1", "3");
  using batches = std::vector<batch_ptr>;
  struct before {
    batches elsewhere, here;
    bool operator==(const before&) const = default;
  };
  const auto write_all = [](db::store& store, const batches& all) {
    const auto written = store.write(all);
    CHECK_DONE(written);
    return before{written.stored_elsewhere, written.stored_here};
  };
  CHECK(write_all(*other, {first, second}) == before{});
  // A frame that comes twice in one write is added once.
  CHECK(write_all(*own, {third, third, second, frame("d.2", "1")}) == before{{second}, {third}});
  // Once more, as after a commit in doubt: the caller must know which node stored each frame.
  CHECK(write_all(*own, {third, second, second}) == before{{second, second}, {third}});
  CHECK(write_all(*other, {third, first}) == before{{third}, {first}});
  CHECK(site.query("SELECT id, node FROM frame ORDER BY id, node") ==
        table_rows{{"1", "other"}, {"1", "own"}, {"2", "other"}, {"3", "own"}});
  // A frame of an earlier version counts as stored by this node.
  site.query("UPDATE frame SET node = NULL");
  CHECK(write_all(*own, {first, second, third}).elsewhere.empty());
  CHECK(write_all(*own, {first, second, third}).here.size() == 3);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "4");
}

STORE_TEST("store: a recall sees one state of the database, whatever is committed meanwhile") {
  site_type site;
  auto store = site.make_store();
  auto late = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(late->open());
  CHECK_DONE(write(*store, {make_batch({.id = "F1"}, {app_message("x")})}));
  const std::vector<frame_key> asked{{"d.1", "F1"}, {"d.1", "F2"}};
  std::uint64_t lines = 0;
  std::vector<frame_key> stored;
  std::size_t alerts = 0;
  const auto take_rollup = [&](const stored_rollup& part) {
    lines += part.data.lines;
    // Like the last commit of a process that was killed, if it is completed only now.
    CHECK_DONE(write(*late, {make_batch({.id = "F2"}, {app_message("y")})}));
    alert raised;
    raised.type = "a";
    CHECK_DONE(late->write_alerts(std::vector{raised}));
  };
  CHECK_DONE(
      store->recall({.frames = asked}, {.on_rollup = take_rollup,
                                        .on_stored = [&](const frame_key& key) { stored.push_back(key); },
                                        .on_alert = [&](const alert&) { ++alerts; }}));
  CHECK(lines == 1);
  CHECK(stored == std::vector<frame_key>{{"d.1", "F1"}});
  CHECK(alerts == 0);
  CHECK(stored_among(*store, asked).size() == 2);
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
  CHECK(store->rollups({}, [&](const stored_rollup&) { ++taken; }).code == outcome::rejected);
  CHECK(taken == 1);
  CHECK(write(*store, {make_batch({}, {app_message("x")})}).code == outcome::rejected);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "2");
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
  site.query("ALTER TABLE hidden RENAME TO rollup");
  CHECK_DONE(store->open());
  CHECK_DONE(write(*store, {fresh}));
  CHECK(value(site, "SELECT count(*) FROM log_line") == "2");
  CHECK(rollups_of(*store).at(0).data.lines == 3);
  CHECK(value(site, "SELECT count(*) FROM frame") == "2");
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
  refused.key.id = "F2";
  refused.app.clear();
  refused.body.clear();
  CHECK_DONE(store->set_aside(refused, "one"));
  const auto rows = site.query(
      "SELECT drain, frame_id, app, CASE WHEN CAST(structured_data AS integer) = 1 THEN 'present' END, " +
      site.micros("received_at") + ", reason, " + site.hex("body") + " FROM rejected_frame ORDER BY id");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == std::vector<std::string>{"d.1", "F1", "shop", "present", micros_text(test_time()),
                                            "because of \xEF\xBF\xBD", "00ff20626f6479"});
  CHECK(rows[1][2] == "");
  CHECK(rows[1][6] == "");
}

STORE_TEST("store: what was set aside is listed, and stored once when it is written again") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  std::vector<batch_ptr> batches;
  for (int i = 0; i < 25; ++i) {
    batches.push_back(make_batch({.drain = "d.\\1",
                                  .id = fmt::format("F{}", i),
                                  .app = i < 20 ? "shop" : "blog",
                                  .received_at = test_time() + i * 1s},
                                 {app_message("x")}));
    CHECK_DONE(store->set_aside(*batches.back()->origin, "no room"));
  }
  std::vector<db::rejected_group> groups;
  CHECK_DONE(store->rejected_groups([&](db::rejected_group group) { groups.push_back(std::move(group)); }));
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].app == "shop");
  CHECK(groups[0].reason == "no room");
  CHECK(groups[0].frames == 20);
  CHECK(groups[1].first == test_time() + 20s);
  CHECK(groups[1].last == test_time() + 24s);
  std::vector<frame_ptr> frames;
  for (std::int64_t after = 0;;) {
    const auto before = frames.size();
    CHECK_DONE(store->rejected_frames(after, [&](db::rejected_frame kept) {
      after = kept.number;
      frames.push_back(kept.content);
    }));
    if (frames.size() == before)
      break;
  }
  REQUIRE(frames.size() == 25);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    CHECK(frames[i]->key == batches[i]->origin->key);
    CHECK(frames[i]->app == batches[i]->origin->app);
    CHECK(frames[i]->mode == batches[i]->origin->mode);
    CHECK(frames[i]->received_at == batches[i]->origin->received_at);
    CHECK(frames[i]->body == batches[i]->origin->body);
  }
  CHECK_DONE(store->write_rejected(batches));
  CHECK(value(site, "SELECT count(*) FROM rejected_frame") == "0");
  CHECK(value(site, "SELECT count(*) FROM log_line") == "25");
  CHECK(store->write_rejected(batches).stored_here.size() == 25);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "25");
  std::uint64_t lines = 0;
  for (const auto& part : rollups_of(*store))
    lines += part.data.lines;
  CHECK(lines == 25);
}

TEST_CASE("store: SQLite and PostgreSQL have the same tables") {
  sqlite_site sqlite;
  postgres_site postgres;
  CHECK_DONE(sqlite.make_store()->open());
  CHECK_DONE(postgres.make_store()->open());
  for (const char* table :
       {"drain", "frame", "request", "log_line", "sample", "rollup", "rejected_frame", "schema_version"}) {
    CAPTURE(table);
    const auto columns = sqlite.query(sqlite.columns_of(table));
    CHECK(columns.size() > 2);
    CHECK(columns == postgres.query(postgres.columns_of(table)));
  }
}

} // namespace store_test
