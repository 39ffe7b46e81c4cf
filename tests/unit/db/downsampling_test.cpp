// What downsampling of rollups promises on every database, checked on SQLite and on a real PostgreSQL.
#include <algorithm>
#include <atomic>
#include <map>
#include <semaphore>
#include <set>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>

#include "tests/unit/db/retention_pass.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace downsampling_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::downsampled_rows;
using db::outcome;

namespace {

// 2026-03-02T14:00:00Z
timestamp this_hour() {
  return std::chrono::floor<std::chrono::hours>(test_time());
}

// A batch with requests, a line and a sample, all dated `at`.
batch_ptr busy_minute(timestamp at, const std::string& app = "shop") {
  const std::string date = date_text(at);
  return make_batch(
      {.drain = "d." + app, .app = app, .received_at = at},
      {router_message(plain_request, date),
       router_message(R"(at=error code=H12 method=POST path="/pay" dyno=web.1 service=30000ms status=503)",
                      date),
       app_message("count#orders=2 measure#db=17ms", date)});
}

using sums = std::map<std::pair<std::string, std::string>, rollup::span_rollup>;

// The sums of all rows, by app and node.
sums sums_of(db::store& store) {
  sums found;
  for (const auto& row : rollups_of(store))
    merge(found[{row.app, row.node}], row.data);
  return found;
}

std::vector<minute> minutes_of(db::store& store) {
  std::set<minute> found;
  for (const auto& row : rollups_of(store))
    found.insert(row.at);
  return {found.begin(), found.end()};
}

template <class Site>
struct downsampling {
  Site site;
  std::unique_ptr<db::store> store = site.make_store();
  std::unique_ptr<db::retention> rows = site.make_retention(keep_all_for(0s));

  downsampling() { CHECK_DONE(store->open()); }

  void add(timestamp at, const std::string& app = "shop") {
    CHECK_DONE(write(*store, {busy_minute(at, app)}));
  }
  downsampled_rows downsample(timestamp now = test_time()) {
    const auto pass = run_pass(*rows, now);
    CHECK_DONE(pass.outcome);
    return pass.downsampled;
  }
  std::string stored() const { return value(site, "SELECT count(*) FROM rollup"); }
  table_rows everything() const {
    return site.query("SELECT minute, app, node, revision, " + Site::hex("data") +
                      " FROM rollup ORDER BY 1, 2, 3");
  }
};

} // namespace

STORE_TEST("downsampling: fewer rows have the same sums, of each app and node") {
  downsampling<site_type> test;
  auto other_node = test.site.make_store("other");
  CHECK_DONE(other_node->open());
  for (const int days : {100, 40, 32, 10, 4, 1})
    for (const int minutes : {0, 1, 59, 61, 75, 119, 300})
      for (const char* app : {"shop", "blog"}) {
        const timestamp at = this_hour() - days * 24h + minutes * 1min;
        test.add(at, app);
        CHECK_DONE(write(*other_node, {busy_minute(at, app)}));
      }
  const auto before = sums_of(*test.store);
  REQUIRE(before.size() == 4);
  REQUIRE(test.stored() == std::to_string(6 * 7 * 4));
  const auto downsampled = test.downsample();
  CHECK(sums_of(*test.store) == before);
  // Three days, three hours on each of the two days after them, and seven minutes.
  CHECK(test.stored() == std::to_string((3 + 2 * 3 + 7) * 4));
  CHECK(6 * 7 * 4 - (downsampled.from - downsampled.into) == (3 + 2 * 3 + 7) * 4);
}

STORE_TEST("downsampling: minutes stay as they are until their hour has been over for 72 h") {
  downsampling<site_type> test;
  for (const auto before : {1min, 2min, 60min})
    test.add(this_hour() - before);
  const auto young = test.everything();
  CHECK(test.downsample(this_hour() + 72h - 1us) == downsampled_rows{});
  CHECK(test.everything() == young);
  CHECK(test.downsample(this_hour() + 72h) == downsampled_rows{3, 1});
  CHECK(minutes_of(*test.store) == std::vector{minute_of(this_hour() - 1h)});
}

STORE_TEST("downsampling: hours become days when their day has been over for 30 days") {
  downsampling<site_type> test;
  const timestamp midnight = std::chrono::floor<std::chrono::days>(test_time());
  for (const auto before : {1min, 2min, 119min, 24h + 0min, 25h + 0min})
    test.add(midnight - before);
  const auto sums = sums_of(*test.store);
  test.downsample(midnight + 30 * 24h - 1us);
  CHECK(minutes_of(*test.store) == std::vector{minute_of(midnight - 48h), minute_of(midnight - 24h),
                                               minute_of(midnight - 2h), minute_of(midnight - 1h)});
  CHECK(test.downsample(midnight + 30 * 24h) == downsampled_rows{3, 1});
  CHECK(minutes_of(*test.store) == std::vector{minute_of(midnight - 48h), minute_of(midnight - 24h)});
  CHECK(sums_of(*test.store) == sums);
}

STORE_TEST("downsampling: what is downsampled is not touched again") {
  downsampling<site_type> test;
  for (const int days : {40, 5})
    for (int i = 0; i < 90; ++i)
      test.add(this_hour() - days * 24h + i * 1min);
  test.downsample();
  const auto once = test.everything();
  CHECK(test.downsample() == downsampled_rows{});
  CHECK(test.downsample(test_time() + 25h) == downsampled_rows{});
  test.rows = test.site.make_retention(keep_all_for(0s));
  CHECK(test.downsample() == downsampled_rows{});
  CHECK(test.everything() == once);
}

STORE_TEST("downsampling: a late minute is downsampled within a day") {
  downsampling<site_type> test;
  for (const int days : {40, 5})
    for (const int minutes : {0, 10})
      test.add(this_hour() - days * 24h + minutes * 1min);
  test.downsample();
  REQUIRE(test.stored() == "2");
  for (const int days : {40, 5})
    test.add(this_hour() - days * 24h + 20min);
  const auto sums = sums_of(*test.store);
  test.downsample(test_time() + 5min);
  CHECK(test.stored() == "4");
  test.downsample(test_time() + 24h);
  CHECK(test.stored() == "2");
  CHECK(sums_of(*test.store) == sums);
}

STORE_TEST("downsampling: a row that cannot be read stays, and the others are downsampled") {
  downsampling<site_type> test;
  const auto hour = [](int days) { return this_hour() - days * 24h; };
  const auto damage = [&](timestamp at) {
    test.site.query("UPDATE rollup SET data = '?' WHERE " + test.site.micros("minute") + " = " +
                    micros_text(at));
  };
  for (const int days : {40, 6, 5, 4})
    for (int i = 0; i < 3; ++i)
      test.add(hour(days) + i * 1min);
  damage(hour(40) + 1min);
  damage(hour(6)); // the row that would get the sum
  damage(hour(5) + 1min);
  test.downsample();
  CHECK(test.stored() == "8");
  CHECK(value(test.site, "SELECT count(*) FROM rollup WHERE data = '?'") == "3");
  CHECK(test.downsample(test_time() + 24h) == downsampled_rows{});
  std::uint64_t requests = 0;
  CHECK(test.store->rollups({}, [&](const stored_rollup& row) { requests += row.data.requests; }).code ==
        outcome::rejected);
  CHECK(requests == 2 * (2 + 2 + 2 + 3));
}

STORE_TEST("downsampling: old rollups still go, those that are kept are downsampled") {
  downsampling<site_type> test;
  test.rows = test.site.make_retention(keep_all_for(50 * 24h));
  for (const int days : {60, 51, 40})
    for (const int minutes : {0, 10, 20})
      test.add(this_hour() - days * 24h + minutes * 1min);
  const auto pass = run_pass(*test.rows, test_time());
  CHECK_DONE(pass.outcome);
  CHECK(pass.rows[3] == 6);
  CHECK(test.stored() == "1");
  // A downsampled row is removed according to the date of its first minute.
  CHECK(run_pass(*test.rows, test_time() + 11 * 24h).rows[3] == 1);
}

STORE_TEST("downsampling: many rows are downsampled in small steps") {
  downsampling<site_type> test;
  for (int i = 0; i < 300; ++i)
    CHECK_DONE(write(*test.store, {lines_at(this_hour() - 100h + i * 1min, 1, test_time())}));
  downsampled_rows sum;
  for (bool is_over = false; !is_over;) {
    const auto step = test.rows->step({test_time()});
    CHECK_DONE(step.outcome);
    CHECK(step.downsampled.from <= 61);
    sum += step.downsampled;
    is_over = step.is_pass_over;
  }
  CHECK(sum == downsampled_rows{300, 5});
}

STORE_TEST("downsampling: a transaction that fails leaves everything as it is") {
  downsampling<site_type> test;
  for (const int minutes : {0, 1, 2, 61})
    test.add(this_hour() - 100h + minutes * 1min);
  const auto before = test.everything();
  // Fails when the sum has been written.
  if constexpr (std::is_same_v<site_type, sqlite_site>)
    test.site.query("CREATE TRIGGER refusal BEFORE DELETE ON rollup "
                    "BEGIN SELECT RAISE(FAIL, 'as the test says'); END");
  else
    test.site.query("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$BEGIN RAISE 'as the test says'; END$$; "
                    "CREATE TRIGGER refusal BEFORE DELETE ON rollup FOR EACH ROW EXECUTE FUNCTION refuse()");
  const auto pass = run_pass(*test.rows, test_time());
  CHECK(pass.outcome.code == outcome::retry);
  CHECK(pass.outcome.message.find("as the test says") != std::string::npos);
  CHECK(test.everything() == before);
  test.site.query(std::is_same_v<site_type, sqlite_site> ? "DROP TRIGGER refusal"
                                                         : "DROP TRIGGER refusal ON rollup");
  run_pass(*test.rows, test_time()); // may be the rest of the pass that failed
  run_pass(*test.rows, test_time());
  CHECK(test.stored() == "2");
}

STORE_TEST("downsampling: late lines that come at the same time are counted once") {
  downsampling<site_type> test;
  const auto line_at = [](int minutes) {
    return lines_at(this_hour() - 100h + minutes * 1min, 1, test_time());
  };
  // The writer continues after something was downsampled: SQLite's lock is not fair.
  constexpr int rounds = 10, writes_per_round = 7;
  std::counting_semaphore<> permits{0};
  std::atomic<int> lost = 0;
  std::thread writer([&] {
    for (int i = 0; i < rounds * writes_per_round; ++i) {
      permits.acquire();
      const std::vector<batch_ptr> next{line_at(1 + i % 7), line_at(61 + i % 2)};
      int tries = 0;
      while (test.store->write(next).code != outcome::done && ++tries < 20)
        std::ignore = test.store->open(); // the next write reports a failure
      lost += tries == 20;
    }
  });
  int downsampled_rounds = 0;
  for (int i = 0; i < rounds; ++i) {
    permits.release(writes_per_round);
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    bool has_downsampled = false;
    while (!has_downsampled && std::chrono::steady_clock::now() < deadline)
      has_downsampled =
          run_pass(*test.site.make_retention(keep_all_for(0s)), test_time()).downsampled.into > 0;
    downsampled_rounds += has_downsampled;
  }
  writer.join();
  CHECK(downsampled_rounds == rounds);
  CHECK(lost == 0);
  CHECK_DONE(run_pass(*test.site.make_retention(keep_all_for(0s)), test_time()).outcome);
  CHECK(sums_of(*test.store).at({"shop", "main"}).lines == 2 * rounds * writes_per_round);
  CHECK(test.stored() == "2");
}

} // namespace downsampling_test
