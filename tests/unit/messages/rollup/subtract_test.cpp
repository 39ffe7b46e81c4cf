// After counts are subtracted, the rollups are as if they had never been counted.
#include <doctest/doctest.h>

#include "messages/rollup/app_timelines.hpp"
#include "messages/rollup/rollup_form.hpp"
#include "messages/rollup/subtract.hpp"
#include "tests/unit/messages/rollup/samples.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const minute start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

// Extremes are known only as exactly as their bucket, so they are made equal.
void even_out(histogram& h) {
  if (h.count() == 0)
    return;
  h.add(0);
  h.add(static_cast<std::int64_t>(histogram::max_value));
}

void even_out(gauge& g) {
  g = {.count = g.count};
}

void even_out(distribution& values) {
  if (values.count() == 0)
    return;
  values.add(0);
  values.add(1e60);
}

void even_out(unit_gauge& g) {
  g = {{.count = g.values.count}, ""};
}

// The rollup without what cannot be added and subtracted.
span_rollup additive(span_rollup r) {
  for (auto* h : {&r.service, &r.connect, &r.websockets})
    even_out(*h);
  r.visitors = {};
  r.endpoints.each_payload([](request_stats& stats) { even_out(stats.service); });
  for (auto& [name, stats] : r.dynos)
    even_out(stats.service);
  for (auto& [name, state] : r.platform.dynos)
    for (auto* g : {&state.memory_total_mb, &state.memory_rss_mb, &state.memory_swap_mb,
                    &state.memory_quota_mb, &state.load_avg_1m})
      even_out(*g);
  for (auto& [name, state] : r.platform.addons) {
    state.proc.clear();
    for (auto& [value_name, value] : state.values)
      even_out(value);
  }
  for (auto& [name, series] : r.custom.gauges) {
    even_out(series.values);
    series.min = 0;
    series.unit = {};
  }
  for (auto& [name, series] : r.custom.measures) {
    even_out(series.values);
    series.unit = {};
  }
  for (auto& [name, series] : r.custom.uniques)
    series.members = {};
  return r;
}

// Compares all of it, or only what the widest questions use.
void check_same(const span_rollup& found, const span_rollup& expected) {
  CHECK(additive(found) == additive(expected));
  for (const double q : {0.0, 0.5, 0.95, 0.99, 1.0}) {
    const auto is = found.service.quantile(q), wanted = expected.service.quantile(q);
    CHECK((wanted < histogram::exact_below ? is == wanted
                                           : 100 * (is > wanted ? is - wanted : wanted - is) <= wanted));
  }
}

struct source {
  std::mt19937_64 random;
  builder counter{limits{}, [](std::string_view address) -> std::string_view {
                    return address.ends_with('3') ? "DE" : "";
                  }};

  partial make(std::size_t count, timestamp at, std::chrono::seconds spread = 10min) {
    const auto traffic = random_body(random, count, at, spread);
    return counter.build(traffic.body, 100 * count, at + spread);
  }

  minute_rollup make_one(std::size_t count) {
    minute_rollup sum;
    for (const auto& part : make(count, start))
      merge(sum, part.data);
    return sum;
  }

  std::size_t below(std::size_t n) { return random() % n; }
};

} // namespace

TEST_CASE("subtract: what is left equals what was there before, also in its compact form") {
  source from{std::mt19937_64(21)};
  for (int i = 0; i < 200; ++i) {
    CAPTURE(i);
    const auto kept = from.make_one(from.below(60)), gone = from.make_one(from.below(60));
    auto both = kept;
    merge(both, gone);
    subtract(both, gone);
    check_same(both, kept);
    CHECK(both.by_second == kept.by_second);
    CHECK(decode(encode(both)) == both);
  }
}

TEST_CASE("subtract: when all is subtracted nothing is left") {
  source from{std::mt19937_64(22)};
  for (int i = 0; i < 50; ++i) {
    const auto first = from.make_one(20), second = from.make_one(20);
    auto both = first;
    merge(both, second);
    subtract(both, first);
    subtract(both, second);
    CHECK(both == minute_rollup{});
  }
}

TEST_CASE("subtract: names beyond their bound leave the sums over all names exact") {
  source from{std::mt19937_64(23)};
  const limits few{
      .endpoints = 4, .dynos = 2, .error_codes = 2, .addons = 1, .addon_values = 1, .custom_series = 2};
  const auto sums = [](const span_rollup& r) {
    std::map<std::string, std::uint64_t> all;
    histogram endpoints;
    const auto add_endpoint = [&](const request_stats& stats) {
      all["endpoints"] += stats.count;
      all["endpoint errors"] += stats.errors;
      all["endpoint failures"] += stats.failures;
      all["endpoint websockets"] += stats.websockets;
      endpoints.merge(stats.service);
    };
    for (const auto& e : r.endpoints.entries())
      add_endpoint(e.payload);
    add_endpoint(r.endpoints.other());
    all["endpoint durations"] = endpoints.count();
    all["endpoint milliseconds"] = endpoints.sum();
    for (const auto& [name, stats] : r.dynos) {
      all["dynos"] += stats.count;
      all["dyno milliseconds"] += stats.service.sum();
    }
    for (const auto& [name, count] : r.error_codes)
      all["codes"] += count;
    for (const auto& [name, state] : r.platform.dynos) {
      all["starts"] += state.starts;
      all["memory"] += state.memory_total_mb.count;
    }
    all["addon values"] = r.platform.addon_samples_left_out;
    for (const auto& [name, state] : r.platform.addons)
      for (const auto& [value_name, value] : state.values)
        all["addon values"] += value.values.count;
    decimal_sum custom;
    for (const auto& [name, series] : r.custom.counts) {
      all["custom counts"] += series.observations;
      custom.add(series.sum);
    }
    all["custom sum"] = static_cast<std::uint64_t>(static_cast<std::int64_t>(custom.value() * 1000));
    for (const auto& [name, series] : r.custom.measures)
      all["custom measures"] += observations(series);
    for (const auto& [name, series] : r.custom.uniques)
      all["custom uniques"] += observations(series);
    std::erase_if(all, [](const auto& entry) { return entry.second == 0; });
    return all;
  };
  for (int i = 0; i < 200; ++i) {
    CAPTURE(i);
    span_rollup kept, gone, both;
    std::vector<span_rollup> counted;
    for (int k = 0; k < 6; ++k) {
      const auto next = from.make_one(15);
      merge(both, next, few);
      if (k % 2 == 0)
        merge(kept, next);
      else
        counted.push_back(next);
    }
    for (const auto& next : counted)
      subtract(both, next);
    CHECK(sums(both) == sums(kept));
    CHECK(decode(encode(both)) == both);
  }
}

TEST_CASE("subtract: of timelines, whether the minutes are open, settled or downsampled") {
  source from{std::mt19937_64(24)};
  const auto ages = {0min,       1min,       3min,        30min,          4 * 60min,
                     30 * 60min, 80 * 60min, 110 * 60min, 40 * 24 * 60min};
  for (const auto age : ages) {
    CAPTURE(age.count());
    app_timelines only_kept, all;
    std::vector<std::pair<std::string, partial>> gone;
    for (const auto& [app, is_kept] :
         {std::pair("shop", true), {"shop", false}, {"blog", true}, {"blog", false}, {"gone", false}})
      for (int i = 0; i < 4; ++i) {
        auto parts = from.make(20, start - 8min);
        parts.push_back({start - 40 * 24h, from.make_one(2)}); // from wrong clocks
        parts.push_back({start + 100 * 24h, from.make_one(2)});
        for (const auto& part : parts) {
          all.add(app, part.at, part.data, start);
          if (is_kept)
            only_kept.add(app, part.at, part.data, start);
        }
        if (!is_kept)
          gone.emplace_back(app, std::move(parts));
      }
    const minute now = start + age;
    for (auto at = start; at < now; at += 1min) {
      all.age(at);
      only_kept.age(at);
      if ((at - start) % 97min == 0min) {
        all.between("", at - 24h, at + 1min); // cached sums
        const auto more = from.make_one(3);
        all.add("shop", at, more, at);
        only_kept.add("shop", at, more, at);
      }
    }
    all.age(now);
    only_kept.age(now);
    all.between("", start - 24h, now + 1min);
    for (const auto& [app, parts] : gone)
      for (const auto& part : parts)
        all.subtract(app, part.at, part.data);
    const minute hour = std::chrono::floor<std::chrono::hours>(now);
    for (int i = 0; i < 2; ++i) {
      for (const auto* app : {"", "shop", "blog", "gone"}) {
        CAPTURE(app);
        check_same(all.all(app), only_kept.all(app));
        for (const auto length : {5min, 60min, 24 * 60min, 100 * 60min, 120 * 60min})
          for (const auto detail : {extent::all, extent::without_names})
            check_same(all.between(app, hour - length, now + 1min, detail),
                       only_kept.between(app, hour - length, now + 1min, detail));
        CHECK(all.requests_between(app, start - 8min, start + 5min) ==
              only_kept.requests_between(app, start - 8min, start + 5min));
      }
      all.age(now); // packs what was unpacked
    }
  }
}

TEST_CASE("subtract: an app that counted nothing has nothing to give") {
  app_timelines apps;
  source from{std::mt19937_64(25)};
  apps.subtract("none", start, from.make_one(5));
  CHECK(apps.apps().empty());
  CHECK(apps.all("") == span_rollup{});
}
