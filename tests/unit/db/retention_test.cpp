// What retention promises on every database, checked on SQLite and on a real PostgreSQL.
#include <array>
#include <atomic>
#include <thread>
#include <type_traits>

#include "tests/unit/db/retention_pass.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace retention_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;
using std::chrono::days;

namespace {

// Rows are received shortly before this many days before the test's time.
constexpr days arrivals[] = {days{0}, days{3}, days{6}, days{15}, days{30}};

// Stores one row in every table for each arrival, and an alert that has been open since before all of them.
void fill(db::store& store) {
  const std::array open{alert{"open", "shop", "warning", "as the test says", 1, test_time() - 60 * 24h}};
  CHECK_DONE(store.write_alerts(open));
  for (const days before : arrivals) {
    const timestamp at = test_time() - before - 1h;
    const std::string id = "F" + std::to_string(before.count());
    const std::string date = date_text(at);
    CHECK_DONE(write(store, {make_batch({.id = id, .received_at = at},
                                        {router_message(plain_request, date), app_message("text", date),
                                         app_message("sample#depth=42", date)})}));
    frame refused;
    refused.key = {"d.1", id};
    refused.app = "shop";
    refused.received_at = at;
    CHECK_DONE(store.set_aside(refused, "as the test says"));
    const std::array resolved{alert{"slow", "shop", "warning", "as the test says", 1, at - 1h, true, at}};
    CHECK_DONE(store.write_alerts(resolved));
  }
}

// The number of rows in every table, in the order of `kept_tables`.
template <class Site>
std::string counts(const Site& site) {
  std::string all;
  for (const auto& table : db::kept_tables)
    all += (all.empty() ? "" : " ") + value(site, "SELECT count(*) FROM " + std::string(table.name));
  return all;
}

} // namespace

STORE_TEST("retention: rows go when they are older than their table's setting, the others stay") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  fill(*store);
  REQUIRE(counts(site) == "5 10 5 5 5 5 6");
  auto rows = site.make_retention({10 * 24h, 2 * 24h, 5 * 24h, 20 * 24h, 4 * 24h, 48h, 10 * 24h});
  const auto pass = run_pass(*rows, test_time());
  CHECK_DONE(pass.outcome);
  CHECK(counts(site) == "3 2 2 4 2 1 4");
  CHECK(value(site, "SELECT id FROM frame") == "F0");
  CHECK(value(site, "SELECT min(" + site.micros("at") + ") FROM request") ==
        micros_text(test_time() - 6 * 24h - 1h));
  // What is already stored is not stored again.
  CHECK_DONE(write(*store, {make_batch({.id = "F0"}, {app_message("again")})}));
  CHECK(counts(site) == "3 2 2 4 2 1 4");

  const auto next = run_pass(*rows, test_time() + 1min);
  CHECK_DONE(next.outcome);
  CHECK(next.rows == decltype(next.rows){});
  CHECK(next.partitions.empty());
}

STORE_TEST("retention: zero keeps a table's rows for ever") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  fill(*store);
  CHECK_DONE(run_pass(*site.make_retention(keep_all_for(0s)), test_time() + 1000 * 24h).outcome);
  CHECK(counts(site) == "5 10 5 5 5 5 6");
  auto kept = keep_all_for(1h);
  kept.samples = 0s;
  CHECK_DONE(run_pass(*site.make_retention(kept), test_time() + 1000 * 24h).outcome);
  CHECK(counts(site) == "0 0 5 0 0 0 1");
}

STORE_TEST("retention: rows dated far ahead or far back do not stop it") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  // Lines that arrive are never dated this far ahead, but earlier versions stored such rows.
  CHECK_DONE(write(*store, {lines_at(test_time(), 5'000, test_time())}));
  site.query("UPDATE log_line SET at = " + site.at(test_time() + 20 * 365 * 24h));
  CHECK_DONE(write(*store, {lines_at(test_time() - 50 * 24h, 3'000, test_time()),
                            lines_at(test_time() - 1h, 3'000, test_time())}));
  auto rows = site.make_retention(keep_all_for(10 * 24h));
  const auto pass = run_pass(*rows, test_time());
  CHECK_DONE(pass.outcome);
  CHECK(pass.rows[1] == 3'000);
  CHECK(value(site, "SELECT count(*) FROM log_line") == "8000");
}

STORE_TEST("retention: many rows go in small steps") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  for (int i = 0; i < 3; ++i)
    CHECK_DONE(write(*store, {lines_at(test_time() - 50 * 24h, 5'000, test_time())}));
  auto rows = site.make_retention(keep_all_for(10 * 24h));
  std::uint64_t removed = 0, largest = 0;
  for (bool is_over = false; !is_over;) {
    const auto step = rows->step({test_time()});
    CHECK_DONE(step.outcome);
    removed += step.rows[1];
    largest = std::max(largest, step.rows[1]);
    is_over = step.is_pass_over;
  }
  CHECK(removed == 15'000);
  CHECK(largest <= 5'000);
}

STORE_TEST("retention: a database without tables asks to try again, and is served when it has them") {
  site_type site;
  auto rows = site.make_retention(keep_all_for(10 * 24h));
  const auto failed = rows->step({test_time()});
  CHECK(failed.outcome.code == outcome::retry);
  CHECK(failed.outcome.message.find("request") != std::string::npos);
  auto store = site.make_store();
  CHECK_DONE(store->open());
  fill(*store);
  run_pass(*rows, test_time()); // may be the rest of the pass that failed
  CHECK_DONE(run_pass(*rows, test_time()).outcome);
  CHECK(counts(site) == "3 6 3 3 3 3 4");
}

STORE_TEST("retention: a writer beside it stores everything, whatever is removed under its hands") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  constexpr int batches = 60;
  std::atomic<int> settled = 0, failures = 0, lost = 0;
  std::string problems; // belongs to the writer until it is joined
  std::thread writer([&] {
    for (int i = 0; i < batches; ++i) {
      // The old lines of each batch are removed before the next batch comes, together with the partition made
      // for them.
      const std::vector<batch_ptr> next{lines_at(test_time() - 5 * 24h, 150, test_time()),
                                        lines_at(test_time() - 1min, 100, test_time())};
      int tries = 0;
      for (db::result written; tries < 10; ++tries) {
        written = store->write(next);
        if (written.code == outcome::done)
          break;
        problems += written.message + '\n' + store->open().message;
      }
      failures += tries;
      lost += tries == 10;
      ++settled;
      settled.notify_one();
    }
  });
  auto rows = site.make_retention(keep_all_for(48h));
  std::uint64_t passes = 0;
  // Waits for the writer before the next pass: SQLite's lock is not fair.
  for (int before = 0; before < batches; settled.wait(before), before = settled)
    passes += run_pass(*rows, test_time()).outcome.code == outcome::done;
  writer.join();
  CHECK(passes > 0);
  CHECK(lost == 0);
  // In PostgreSQL, dropping a partition at the wrong moment may cost the writer another try.
  if (std::is_same_v<site_type, sqlite_site>)
    CHECK_MESSAGE(failures == 0, problems);
  const auto young =
      "SELECT count(*) FROM log_line WHERE " + site.micros("at") + " >= " + micros_text(test_time() - 1h);
  CHECK(value(site, young) == std::to_string(100 * batches));
  run_pass(*rows, test_time());
  CHECK_DONE(run_pass(*rows, test_time()).outcome);
}

STORE_TEST("retention: frame keys stay as long as the journal may ask for them, however old") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  for (int day = 1; day <= 10; ++day)
    CHECK_DONE(write(*store, {lines_at(test_time() - 1h, 1, test_time() - day * 24h)}));
  auto rows = site.make_retention(keep_all_for(48h));
  const auto pass = [&](timestamp oldest_record) {
    db::retention_step step;
    do {
      step = rows->step({test_time(), oldest_record});
      CHECK_DONE(step.outcome);
    } while (!step.is_pass_over);
    return value(site, "SELECT count(*) FROM frame");
  };
  CHECK(pass(test_time() - 7 * 24h) == "7");
  CHECK(pass(test_time() - 24h) == "2");
}

} // namespace retention_test
