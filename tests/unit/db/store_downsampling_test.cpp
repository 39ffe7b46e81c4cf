// A store counts every line once even if its rollups are downsampled while it runs.
#include "tests/unit/db/retention_pass.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace store_downsampling_test {

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

// The first minute of an hour that has been over for 96 h.
timestamp old_hour() {
  return std::chrono::floor<std::chrono::hours>(test_time()) - 96h;
}

db::result add(db::store& store, timestamp at, int count = 1) {
  return write(store, {lines_at(at, count, at)});
}

template <class Site>
void downsample(const Site& site) {
  CHECK_DONE(run_pass(*site.make_retention(keep_all_for(0s)), test_time()).outcome);
}

std::uint64_t lines_in(db::store& store) {
  std::uint64_t sum = 0;
  for (const auto& row : rollups_of(store))
    sum += row.data.lines;
  return sum;
}

} // namespace

STORE_TEST("store: a late line of a minute that was downsampled meanwhile is counted once") {
  site_type site;
  auto store = site.make_store();
  CHECK_DONE(store->open());
  for (const auto after : {0min, 7min, 8min})
    CHECK_DONE(add(*store, old_hour() + after));
  downsample(site);
  REQUIRE(value(site, "SELECT count(*) FROM rollup") == "1");
  for (const auto after : {7min, 0min, 8min, 7min})
    CHECK_DONE(add(*store, old_hour() + after));
  CHECK(lines_in(*store) == 7);
  downsample(site);
  CHECK(value(site, "SELECT count(*) FROM rollup") == "1");
  CHECK(lines_in(*store) == 7);
}

STORE_TEST("store: a minute made again after downsampling is not taken for the one before") {
  site_type site;
  auto first = site.make_store();
  auto same_node = site.make_store();
  for (auto* store : {&first, &same_node})
    CHECK_DONE((*store)->open());
  CHECK_DONE(add(*first, old_hour() + 7min, 10));
  downsample(site);
  CHECK_DONE(add(*same_node, old_hour() + 7min));
  CHECK_DONE(add(*first, old_hour() + 7min));
  CHECK(lines_in(*first) == 12);
  // The same holds if downsampling makes the row.
  CHECK_DONE(add(*first, old_hour() + 1h, 100));
  site.query("DELETE FROM rollup WHERE " + site.micros("minute") + " = " + micros_text(old_hour() + 1h));
  CHECK_DONE(add(*same_node, old_hour() + 1h + 7min));
  downsample(site);
  CHECK_DONE(add(*first, old_hour() + 1h));
  CHECK(lines_in(*first) == 14);
}

} // namespace store_downsampling_test
