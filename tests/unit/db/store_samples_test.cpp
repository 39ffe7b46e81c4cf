// The table sample and the kinds of lines, on SQLite and on a real PostgreSQL.
#include <algorithm>
#include <limits>
#include <span>
#include <type_traits>

#include "db/migrations.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace store_samples_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;

namespace {

using row = std::vector<std::string>;

const std::string at_text = "2026-03-02T14:07:31.482915+00:00";

std::string message(const std::string& source, const std::string& proc, const std::string& text) {
  return "<45>1 " + at_text + " host " + source + " " + proc + " - " + text + "\n";
}

// A copy of the batch with one more sample, which could not come from a line.
batch_ptr with_sample(const batch_ptr& from, const sample_record& sample) {
  auto made = std::make_shared<batch>(*from);
  made->records.samples.push_back(sample);
  return made;
}

std::span<const db::migration> migrations_of(const sqlite_site&) {
  return db::sqlite_migrations();
}
std::span<const db::migration> migrations_of(const postgres_site&) {
  return db::postgres_migrations();
}

} // namespace

STORE_TEST("store: every number of a line is a row, and the line is one as well") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(
      write(*store,
            {make_batch(
                {}, {message("heroku", "web.1",
                             "source=web.1 dyno=heroku.19.0c7f sample#memory_total=318.44MB "
                             "sample#memory_pgpgin=151220pages"),
                     message("app", "heroku-postgres",
                             "source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes"),
                     app_message("source=checkout count#orders= unique#buyers=user-8812"),
                     app_message("measure#db.query=-12.4e-3ms sample#depth=42")})}));
  const auto rows = site.query("SELECT " + site.micros("at") +
                               ", drain_id, origin, source, instance, proc, name, kind, unit, member "
                               "FROM sample ORDER BY name");
  const std::string at = micros_text(test_time() + 31'482'915us);
  const std::vector<row> expected = {
      {at, "1", "addon", "DATABASE", "postgresql-angular-40817", "heroku-postgres", "db_size", "gauge",
       "bytes", "NULL"},
      {at, "1", "custom", "NULL", "web.1", "web.1", "db.query", "measure", "ms", "NULL"},
      {at, "1", "custom", "NULL", "web.1", "web.1", "depth", "gauge", "NULL", "NULL"},
      {at, "1", "dyno", "web.1", "heroku.19.0c7f", "web.1", "memory_pgpgin", "gauge", "pages", "NULL"},
      {at, "1", "dyno", "web.1", "heroku.19.0c7f", "web.1", "memory_total", "gauge", "MB", "NULL"},
      {at, "1", "custom", "checkout", "web.1", "web.1", "orders", "count", "NULL", "NULL"},
      {at, "1", "custom", "checkout", "web.1", "web.1", "buyers", "unique", "NULL", "user-8812"}};
  CHECK(rows.size() == expected.size());
  for (const auto& one : expected)
    CHECK(std::count(rows.begin(), rows.end(), one) == 1);
  for (const auto& [name, number] :
       std::initializer_list<std::pair<const char*, const char*>>{{"db_size", "7340032512"},
                                                                  {"db.query", "-0.0124"},
                                                                  {"depth", "42"},
                                                                  {"memory_pgpgin", "151220"},
                                                                  {"memory_total", "318.44"},
                                                                  {"orders", "1"},
                                                                  {"buyers", "1"}})
    CHECK(value(site, "SELECT count(*) FROM sample WHERE name = '" + std::string(name) + "' AND value = '" +
                          number + "'") == "1");
  CHECK(site.query("SELECT kind, count(*) FROM log_line GROUP BY kind ORDER BY kind") ==
        table_rows{{"addon_metrics", "1"}, {"logfmt", "2"}, {"runtime_metrics", "1"}});
}

STORE_TEST("store: a number is stored exactly, or NULL if it is not finite") {
  using limits = std::numeric_limits<double>;
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const std::pair<double, const char*> numbers[] = {{limits::max(), "1.7976931348623157e308"},
                                                    {limits::lowest(), "-1.7976931348623157e308"},
                                                    {limits::min(), "2.2250738585072014e-308"},
                                                    {1.0 / 3, "0.33333333333333331"},
                                                    {9007199254740993.0, "9007199254740992"},
                                                    {-0.0, "0"},
                                                    {limits::infinity(), nullptr},
                                                    {-limits::infinity(), nullptr},
                                                    {limits::quiet_NaN(), nullptr}};
  auto filled = make_batch({}, {app_message("x")});
  for (const auto& [number, text] : numbers)
    filled = with_sample(filled, {.at = test_time(), .name = "n", .value = number});
  CHECK_DONE(write(*store, {filled}));
  for (const auto& number : numbers)
    if (const char* text = number.second) {
      CAPTURE(text);
      CHECK(value(site, "SELECT count(*) FROM sample WHERE value = '" + std::string(text) + "'") == "1");
    }
  CHECK(value(site, "SELECT count(*) FROM sample WHERE value IS NULL") == "3");
}

STORE_TEST("store: names of numbers hold any byte, and different ones stay different") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const std::string odd[] = {std::string("a\0b", 3), "\xFF", "\\xFF", "☕", std::string(50'000, 'n')};
  auto filled = make_batch({}, {});
  for (const std::string& text : odd)
    filled = with_sample(filled, {.at = timestamp::max(),
                                  .source = text,
                                  .instance = text,
                                  .proc = text,
                                  .name = text,
                                  .unit = text,
                                  .member = text});
  filled = with_sample(filled, {.at = timestamp::min()});
  CHECK_DONE(write(*store, {filled}));
  CHECK(value(site, "SELECT count(DISTINCT name) FROM sample") == "6");
  CHECK(value(site, "SELECT count(*) FROM sample WHERE source = name AND instance = name AND proc = name AND "
                    "unit = name AND member = name") == "5");
  CHECK(value(site, "SELECT count(*) FROM sample WHERE name = '☕'") == "1");
  CHECK(value(site, R"(SELECT count(*) FROM sample WHERE name IN ('a\x00b', '\xFF', '\\xFF'))") == "3");
}

STORE_TEST("store: numbers of a frame that comes again, or whose write fails, are not stored") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  const auto once = make_batch({.id = "F1"}, {app_message("count#orders=1")});
  CHECK_DONE(write(*store, {once, once}));
  CHECK_DONE(write(*store, {once}));
  CHECK(value(site, "SELECT count(*) FROM sample") == "1");
  site.query("ALTER TABLE rollup RENAME TO hidden");
  CHECK(write(*store, {make_batch({.id = "F2"}, {app_message("count#orders=1")})}).code != outcome::done);
  CHECK(value(site, "SELECT count(*) FROM sample") == "1");
}

STORE_TEST("store: every kind of line is stored under its name, with its severity") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  auto made = std::make_shared<batch>(*make_batch({}, {}));
  std::vector<row> expected;
  constexpr int kinds = static_cast<int>(line_kind::logging_error) + 1;
  for (int i = 0; i < kinds; ++i) {
    const auto kind = static_cast<line_kind>(i);
    const auto level = static_cast<severity>(i % 6);
    made->records.lines.push_back(
        {.at = test_time(), .source = "heroku", .proc = "web.1", .text = "x", .kind = kind, .level = level});
    expected.push_back(
        {std::string(to_string(kind)), level == severity::none ? "NULL" : std::string(to_string(level))});
  }
  CHECK_DONE(write(*store, {made}));
  auto rows = site.query("SELECT kind, severity FROM log_line");
  std::sort(rows.begin(), rows.end());
  std::sort(expected.begin(), expected.end());
  CHECK(rows == expected);
}

STORE_TEST("store: lines are found by their error code") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(
      write(*store, {make_batch({}, {message("heroku", "web.1", "Error R14 (Memory quota exceeded)"),
                                     message("heroku", "logplex",
                                             "Error L10 (output buffer overflow): 317 messages dropped "
                                             "since 2026-03-02T14:06:58+00:00."),
                                     message("app", "postgres.204817",
                                             "[DATABASE] [18-1]  "
                                             "sql_error_code = 23505 ERROR:  duplicate key"),
                                     app_message("Error R14")})}));
  CHECK(site.query("SELECT code, kind FROM log_line WHERE code IS NOT NULL ORDER BY kind") ==
        table_rows{{"R14", "dyno_error"}, {"L10", "loss"}, {"23505", "postgres_log"}});
  CHECK(value(site, "SELECT text FROM log_line WHERE code IS NULL") == "Error R14");
}

STORE_TEST("store: a database of the first release is brought up to date and keeps its lines") {
  site_type site;
  site.query("CREATE TABLE schema_version (version integer PRIMARY KEY, name text NOT NULL, applied_at "
             "timestamptz NOT NULL)");
  const auto steps = migrations_of(site);
  REQUIRE(steps.size() >= 2);
  site.query(std::string(steps[0].sql));
  site.query("INSERT INTO schema_version VALUES (1, 'first', CURRENT_TIMESTAMP)");
  site.query("INSERT INTO drain (id, token, app, first_seen, last_seen) " +
             std::string(std::is_same_v<site_type, postgres_site> ? "OVERRIDING SYSTEM VALUE " : "") +
             "VALUES (7, 'd.1', 'shop', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)");
  site.query("INSERT INTO log_line (at, drain_id, kind, text) VALUES (CURRENT_TIMESTAMP, 7, 'text', 'old')");
  auto store = site.make_store();
  CHECK_DONE(store->open());
  CHECK_DONE(write(*store, {make_batch({}, {app_message("count#orders=1")})}));
  CHECK(site.query("SELECT drain_id, code, text FROM log_line ORDER BY text DESC") ==
        table_rows{{"7", "NULL", "old"}, {"7", "NULL", "count#orders=1"}});
  CHECK(value(site, "SELECT count(*) FROM sample") == "1");
  CHECK(value(site, "SELECT max(version) FROM schema_version") == std::to_string(steps.size()));
}

} // namespace store_samples_test
