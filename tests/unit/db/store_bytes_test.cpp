// Whatever a body holds, every store accepts it and loses nothing.
#include <algorithm>
#include <chrono>

#include "tests/unit/db/store_suite.hpp"

namespace store_bytes_test {

using namespace parseflow;

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
  const auto all = rollups_of(*store);
  CHECK(all.size() == names.size());
  for (const std::string& name : names) {
    CHECK(stored_among(*store, {{name, name}}).size() == 1);
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
  CHECK_DONE(
      write(*store, {make_batch({.id = "1", .received_at = timestamp::max()}, lines),
                     make_batch({.id = "2", .received_at = timestamp::min() + std::chrono::hours{1}}, lines),
                     make_batch({.id = "3"}, lines)}));
  CHECK(value(site, "SELECT count(*) FROM log_line") == "15");
  CHECK(value(site, "SELECT count(*) FROM request") == "15");
  CHECK(value(site, "SELECT max(" + site.micros("at") + ") FROM log_line WHERE text LIKE '9999%'") ==
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
  // The database can parse the JSON.
  CHECK(value(site,
              "SELECT count(*) FROM request WHERE extra IS NOT NULL AND (extra ->> 'no such key') IS NULL") ==
        value(site, "SELECT count(*) FROM request WHERE extra IS NOT NULL"));
}

} // namespace store_bytes_test
