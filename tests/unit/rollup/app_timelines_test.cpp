// Which app is counted under which name, and the sum of all.
#include <doctest/doctest.h>

#include "messages/rollup/app_timelines.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace std::chrono_literals;

namespace {

const minute now{std::chrono::minutes{29'541'007}};

minute_rollup lines(std::uint64_t count) {
  minute_rollup r;
  r.lines = count;
  return r;
}

std::uint64_t lines_of(const app_timelines& apps, std::string_view app) {
  CHECK(apps.between(app, now, now + 1min).lines == apps.all(app).lines);
  return apps.all(app).lines;
}

} // namespace

TEST_CASE("app timelines: each app has its own, and all together are their sum") {
  app_timelines apps;
  apps.add("shop", now, lines(3), now);
  apps.add("blog", now, lines(4), now);
  CHECK(lines_of(apps, "shop") == 3);
  CHECK(lines_of(apps, "blog") == 4);
  CHECK(lines_of(apps, "") == 7);
  CHECK(lines_of(apps, "api") == 0);
  REQUIRE(apps.counted_under("shop") != nullptr);
  CHECK(*apps.counted_under("shop") == "shop");
  CHECK(apps.counted_under("api") == nullptr);
}

TEST_CASE("app timelines: apps for which there is no room share one, also when they are taken back") {
  app_timelines apps{2};
  for (const auto* app : {"shop", "blog", "api", "news", "shop"})
    apps.add(app, now, lines(10), now);
  CHECK(apps.apps().size() == 3);
  CHECK(lines_of(apps, "shop") == 20);
  CHECK(lines_of(apps, "blog") == 10);
  CHECK(lines_of(apps, "api") == 0); // nobody knows
  CHECK(lines_of(apps, other_name) == 20);
  CHECK(lines_of(apps, "") == 50);
  REQUIRE(apps.counted_under("api") != nullptr);
  CHECK(*apps.counted_under("api") == other_name);
  CHECK(*apps.counted_under("blog") == "blog");

  apps.take_back("news", now, lines(10));
  apps.take_back("shop", now, lines(10));
  CHECK(lines_of(apps, other_name) == 10);
  CHECK(lines_of(apps, "shop") == 10);
  CHECK(lines_of(apps, "") == 30);
}

TEST_CASE("app timelines: an app that is named as the shared one is not another's while there is room") {
  app_timelines apps{2};
  apps.add(other_name, now, lines(10), now);
  apps.take_back("shop", now, lines(10));
  CHECK(lines_of(apps, other_name) == 10);
  CHECK(apps.counted_under("shop") == nullptr);
}
