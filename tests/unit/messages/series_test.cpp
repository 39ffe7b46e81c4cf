// How the sums of steps become the points of a chart.
#include <doctest/doctest.h>

#include "messages/series.hpp"

namespace series_test {

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

const minute start{std::chrono::minutes{29'541'007}};

rollup::span_rollup durations(std::initializer_list<std::int64_t> ms) {
  rollup::span_rollup sum;
  sum.lines = sum.requests = ms.size();
  for (const auto one : ms)
    sum.service.add(one);
  return sum;
}

} // namespace

TEST_CASE("series: a step without a value has no point") {
  const series_sums sums{{{start, durations({10, 20})}, {start + 5min, durations({})}}};
  const series_query question{{"p50_ms"}, "", start, start + 10min, 5min};
  CHECK(to_series(question, sums).at(0).points == std::vector<series_point>{{start, 10}});
}

TEST_CASE("series: rates refer to the step") {
  const series_sums sums{{{start, durations(std::initializer_list<std::int64_t>{1, 2, 3, 4, 5, 6})}}};
  CHECK(to_series({{"requests_per_second"}, "", start, start + 2min, 2min}, sums).at(0).points ==
        std::vector<series_point>{{start, 0.05}});
  CHECK(to_series({{"requests_per_second"}, "", start, start + 1min, 0min}, sums).at(0).points ==
        std::vector<series_point>{{start, 0.1}});
}

TEST_CASE("series: all points of a custom series are in one unit") {
  const auto reported = [](minute at, double value, const char* unit) {
    sample_record next;
    next.at = at;
    next.kind = sample_kind::measure;
    next.value = value;
    next.unit = unit;
    rollup::span_rollup sum;
    rollup::add(sum.custom, "req", next, {});
    return series_step{at, sum};
  };
  const series_sums sums{
      {reported(start, 1.2, "s"), reported(start + 1min, 950, "ms"), reported(start + 2min, 5, "jobs")}};
  CHECK(to_series({{"custom:req"}, "", start, start + 3min, 1min}, sums).at(0).points ==
        std::vector<series_point>{{start, 1.2}, {start + 1min, 0.95}});
  CHECK(to_series({{"custom_max:req"}, "", start, start + 3min, 1min}, sums).at(0).points ==
        std::vector<series_point>{{start, 1.2}, {start + 1min, 0.95}});
}

TEST_CASE("series: several metrics are made of the same sums") {
  const series_sums sums{{{start, durations({10, 20})}, {start + 5min, durations({})}}};
  const auto found = to_series({{"p50_ms", "requests"}, "", start, start + 10min, 5min}, sums);
  REQUIRE(found.size() == 2);
  CHECK(found[0].metric == "p50_ms");
  CHECK(found[0].points == std::vector<series_point>{{start, 10}});
  CHECK(found[1].metric == "requests");
  CHECK(found[1].points == std::vector<series_point>{{start, 2}, {start + 5min, 0}});
}

} // namespace series_test
