// The walk of downsampling, over a map in place of the table.
#include <doctest/doctest.h>

#include <map>
#include <stdexcept>
#include <tuple>

#include "db/downsample_walk.hpp"

namespace downsample_walk_test {

using namespace parseflow;
using namespace parseflow::db;
using namespace std::chrono_literals;

namespace {

constexpr minute start{24h * 40'000};
constexpr downsample_level hours = downsample_levels[0];

// Holds only keys; counts the calls.
struct fake_table : rollup_table {
  using key = std::tuple<minute, std::string, std::string>;
  std::map<key, int> rows; // the sum of the rows merged into it
  int looks = 0, downsamples = 0;
  std::string refused_app;

  std::optional<minute> first_minute(minute from) override {
    ++looks;
    const auto first = rows.lower_bound({from, "", ""});
    return first == rows.end() ? std::nullopt : std::optional(std::get<0>(first->first));
  }

  void each_key(minute from, minute to, const key_taker& take) override {
    for (auto at = rows.lower_bound({from, "", ""}); at != rows.end() && std::get<0>(at->first) < to; ++at)
      take(std::get<0>(at->first), std::get<1>(at->first), std::get<2>(at->first));
  }

  downsampled_rows downsample(std::span<const downsample_order> orders) override {
    ++downsamples;
    downsampled_rows done;
    for (const auto& order : orders) {
      if (order.app == refused_app)
        throw std::runtime_error("as the test says");
      CHECK(order.rows.size() <= 60);
      for (const minute at : order.rows) {
        const auto gone = rows.extract({at, order.app, order.node});
        rows[{order.start, order.app, order.node}] += gone.mapped();
      }
      done += {order.rows.size(), 1};
    }
    return done;
  }
};

struct fixture {
  fake_table table;
  downsample_walk walk{hours};

  void add(minute at, const std::string& app = "shop", const std::string& node = "main") {
    ++table.rows[{at, app, node}];
  }
  // Takes steps until nothing is left.
  int pass(minute now) {
    downsampled_rows done;
    int steps = 1;
    while (walk.step(table, now, done))
      REQUIRE(++steps < 10'000);
    return steps;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "downsample_walk: downsamples hours that are old enough, of each app and node") {
  for (const char* app : {"shop", "blog"})
    for (const char* node : {"a", "b"})
      for (int i = 0; i < 180; ++i)
        add(start + i * 1min, app, node);
  pass(start + 2h + 72h);
  CHECK(table.rows.size() == 4 * (2 + 60));
  CHECK(table.rows.at({start, "shop", "a"}) == 60);
  CHECK(table.rows.at({start + 1h, "blog", "b"}) == 60);
  CHECK(table.rows.contains({start + 2h + 1min, "shop", "b"}));
}

TEST_CASE_FIXTURE(fixture, "downsample_walk: goes on where it has come to, without looking back") {
  for (int i = 0; i < 1'000; ++i)
    add(start + i * 1h);
  CHECK(pass(start + 2'000h) > 1);
  CHECK(table.downsamples == 0);
  table.looks = 0;
  CHECK(pass(start + 2'001h) == 1);
  CHECK(table.looks == 1);
  add(start + 1'000h + 7min);
  pass(start + 2'001h);
  CHECK(table.rows.contains({start + 1'000h, "shop", "main"}));
}

TEST_CASE_FIXTURE(fixture, "downsample_walk: looks at everything again once a day") {
  add(start + 1h);
  const minute now = start + 100h;
  pass(now);
  add(start + 5min);
  pass(now + 23h);
  CHECK(table.rows.contains({start + 5min, "shop", "main"}));
  pass(now + 24h);
  CHECK(table.rows.contains({start, "shop", "main"}));
  // It also looks at everything after the clock was set back.
  add(start + 5min);
  pass(now + 12h);
  CHECK_FALSE(table.rows.contains({start + 5min, "shop", "main"}));
}

TEST_CASE_FIXTURE(fixture, "downsample_walk: many rows take many steps, few of several apps one") {
  downsample_walk days{downsample_levels[1]};
  for (int i = 1; i < 1'440; ++i)
    add(start + i * 1min);
  for (int i = 0; i < 20; ++i)
    add(start + 24h + 90min, "app " + std::to_string(i));
  downsampled_rows done;
  int steps = 0;
  while (days.step(table, start + 100 * 24h, done))
    ++steps;
  CHECK(done == downsampled_rows{1'439 + 20, 24 + 20});
  CHECK(table.downsamples == 25);
  CHECK(steps == 25);
  CHECK(table.rows.size() == 21);
}

TEST_CASE_FIXTURE(fixture, "downsample_walk: what fails is tried again, and then does not keep the others") {
  for (int i = 0; i < 61; ++i) {
    add(start + i * 1min, "blog");
    add(start + i * 1min, "shop");
  }
  downsampled_rows done;
  table.refused_app = "blog";
  const minute now = start + 100h;
  for (int i = 0; i < 2; ++i)
    CHECK_THROWS(walk.step(table, now, done));
  table.refused_app.clear();
  walk.step(table, now, done);
  CHECK(table.rows.at({start, "blog", "main"}) == 60);
  pass(now);
  CHECK(table.rows.size() == 4);

  add(start + 1min, "blog");
  add(start + 2h + 1min, "shop");
  table.refused_app = "blog";
  int failures = 0;
  for (bool is_over = false; !is_over;)
    try {
      is_over = !walk.step(table, now + 24h, done);
    } catch (const std::runtime_error&) {
      REQUIRE(++failures < 10);
    }
  CHECK(table.rows.contains({start + 1min, "blog", "main"}));
  CHECK(table.rows.contains({start + 2h, "shop", "main"}));
  table.refused_app.clear();
  pass(now + 48h);
  CHECK_FALSE(table.rows.contains({start + 1min, "blog", "main"}));
}

} // namespace downsample_walk_test
