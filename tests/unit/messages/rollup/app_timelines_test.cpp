// The name under which each app is counted, and the sum of all.
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
  apps.hear("shop", now + 30s);
  apps.hear("shop", now + 10s);
  apps.hear("api", now); // an app of which nothing was counted
  CHECK(apps.apps().size() == 2);
  CHECK(apps.apps().at("shop").heard == now + 30s);
}

TEST_CASE("app timelines: apps for which there is no room share one, also when they are subtracted") {
  app_timelines apps{2};
  for (const auto* app : {"shop", "blog", "api", "news", "shop"})
    apps.add(app, now, lines(10), now);
  CHECK(apps.apps().size() == 3);
  CHECK(lines_of(apps, "shop") == 20);
  CHECK(lines_of(apps, "blog") == 10);
  CHECK(lines_of(apps, "api") == 0); // an unknown app
  CHECK(lines_of(apps, other_name) == 20);
  CHECK(lines_of(apps, "") == 50);
  apps.hear("api", now + 20s);
  apps.hear("blog", now + 10s);
  CHECK(apps.apps().at(std::string(other_name)).heard == now + 20s);
  CHECK(apps.apps().at("blog").heard == now + 10s);

  apps.subtract("news", now, lines(10));
  apps.subtract("shop", now, lines(10));
  CHECK(lines_of(apps, other_name) == 10);
  CHECK(lines_of(apps, "shop") == 10);
  CHECK(lines_of(apps, "") == 30);
}

TEST_CASE("app timelines: an app that is named as the shared one is not another's while there is room") {
  app_timelines apps{2};
  apps.add(other_name, now, lines(10), now);
  apps.subtract("shop", now, lines(10));
  apps.hear("shop", now);
  CHECK(lines_of(apps, other_name) == 10);
  CHECK(apps.apps().at(std::string(other_name)).heard == timestamp{});
}

TEST_CASE("app timelines: what earlier runs counted and what was counted since are the same as all in one") {
  const auto part_of = [](std::uint64_t seed) {
    minute_rollup r = lines(seed % 7 + 1);
    r.requests = r.lines;
    r.service.add(static_cast<std::int64_t>(seed * 37 % 900));
    r.dynos["web." + std::to_string(seed % 3)].count = r.lines;
    return r;
  };
  app_timelines earlier, since, together;
  std::uint64_t seed = 0;
  // Times of every resolution, and the running minute.
  for (const auto age : {40 * 24h, 29 * 24h, 80h, 50h, 3h, 1h})
    for (auto at = now - age; at < now - age + 90min && at <= now; at += 7min)
      for (const auto* app : {"shop", "blog"}) {
        const auto part = part_of(++seed);
        earlier.restore(app, at, part, now);
        together.add(app, at, part, now);
      }
  earlier.age(now);
  for (const auto age : {80h, 3h, 1h, 0h})
    for (const auto* app : {"shop", "api"}) {
      const auto part = part_of(++seed);
      since.add(app, now - age, part, now);
      together.add(app, now - age, part, now);
      since.hear(app, now + 5s);
    }
  since.between("", now - 24h, now + 1min); // cached sums
  since.begin_with(earlier);
  for (auto at = now; at < now + 3h; at += 13min) {
    since.age(at);
    together.age(at);
    for (const auto* app : {"", "shop", "blog", "api"}) {
      CAPTURE(app);
      CHECK(since.all(app) == together.all(app));
      for (const auto length : {5min, 60min, 24 * 60min, 100 * 60min})
        CHECK(since.between(app, now - length, at + 1min) == together.between(app, now - length, at + 1min));
    }
  }
  CHECK(since.apps().at("shop").heard == now + 5s);
  CHECK(since.apps().at("blog").heard == now - 3min);
}

TEST_CASE("app timelines: dynos and endpoints of two apps are never one") {
  app_timelines apps{2};
  minute_rollup r = lines(1);
  r.requests = 1;
  r.dynos["web.1"].count = 1;
  r.platform.dynos["web.1"].memory_total_mb = gauge_of({}, 100);
  r.endpoints = heavy_hitters<request_stats>({{"/a", {.count = 1}, 0}}, 10);
  for (const auto* app : {"shop", "blog", "third", "fourth"})
    apps.add(app, now, r, now);
  r.platform.dynos["web.1"].memory_total_mb = gauge_of(now, 300);
  apps.add("shop", now, r, now);

  auto all = apps.all("");
  REQUIRE(all.dynos.size() == 3);
  CHECK(all.dynos.at(qualified_name("shop", "web.1")).count == 2);
  CHECK(all.dynos.at(qualified_name("blog", "web.1")).count == 1);
  CHECK(all.dynos.at(qualified_name(other_name, "web.1")).count == 2); // apps counted together
  CHECK(all.platform.dynos.at(qualified_name("shop", "web.1")).memory_total_mb.last == 300);
  CHECK(all.platform.dynos.at(qualified_name("blog", "web.1")).memory_total_mb.last == 100);
  REQUIRE(all.endpoints.entries().size() == 3);
  CHECK(all.endpoints.entries()[2].key == qualified_name("shop", "/a"));
  CHECK(apps.all("shop").dynos.at("web.1").count == 2);
  CHECK(parts_of(qualified_name("shop", "web.1")).app == "shop");
  CHECK(parts_of(qualified_name("shop", "web.1")).name == "web.1");
  CHECK(parts_of("web.1").app.empty());
  CHECK(parts_of("web.1").name == "web.1");

  apps.subtract("fourth", now, lines(0));
  apps.subtract("shop", now, r);
  all = apps.all("");
  CHECK(all.dynos.at(qualified_name("shop", "web.1")).count == 1);
  CHECK(all.requests == 4);
}
