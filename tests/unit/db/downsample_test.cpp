// Which rollups are downsampled, and what they become.
#include <doctest/doctest.h>

#include "db/downsample.hpp"
#include "messages/rollup/rollup_form.hpp"

namespace downsample_test {

using namespace parseflow;
using namespace parseflow::db;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

constexpr downsample_level hours = downsample_levels[0], days = downsample_levels[1];
constexpr minute day = sys_days{std::chrono::year{2026} / 3 / 2};

rollup_row row(minute at, std::uint64_t lines, std::int64_t revision = 1) {
  rollup::minute_rollup data;
  data.lines = lines;
  data.by_second[7] = 1;
  return {at, encode(data), revision};
}

} // namespace

TEST_CASE("downsample: spans are UTC hours and days") {
  CHECK(span_of(hours, day + 61min) == downsample_span{day + 1h, day + 2h});
  CHECK(span_of(hours, day + 1h) == downsample_span{day + 1h, day + 2h});
  CHECK(span_of(hours, day + 119min) == downsample_span{day + 1h, day + 2h});
  CHECK(span_of(days, day + 23h + 59min) == downsample_span{day, day + 24h});
  CHECK(span_of(days, minute{-1min}) == downsample_span{minute{-24h}, minute{}});
}

TEST_CASE("downsample: minutes stay until their hour has been over for 72 h, hours for 30 days") {
  const timestamp over = day + 2h + 72h;
  CHECK(downsample_limit(hours, over) == day + 2h);
  CHECK(downsample_limit(hours, over - 1us) == day + 1h);
  const timestamp long_over = day + 24h + 30 * 24h;
  CHECK(downsample_limit(days, long_over) == day + 24h);
  CHECK(downsample_limit(days, long_over - 1us) == day);
}

TEST_CASE("downsample: the sum takes the place of the first row, and the others go") {
  const std::vector rows{row(day, 1, 5), row(day + 3min, 20), row(day + 9min, 300)};
  const auto merged = downsample_rows(day, rows);
  REQUIRE(merged);
  CHECK(merged->revision == 5);
  CHECK(merged->gone == std::vector<minute>{day + 3min, day + 9min});
  CHECK(rows_of(*merged) == downsampled_rows{3, 1});
  rollup::minute_rollup sum;
  sum.lines = 321;
  CHECK(rollup::decode(merged->data) == sum); // without requests by second
}

TEST_CASE("downsample: without a row in the first minute a new one is made") {
  const auto merged = downsample_rows(day, std::vector{row(day + 3min, 20)});
  REQUIRE(merged);
  CHECK(merged->revision == 0);
  CHECK(rows_of(*merged) == downsampled_rows{1, 1});
}

TEST_CASE("downsample: a row alone in the first minute stays as it is") {
  CHECK_FALSE(downsample_rows(day, std::vector{row(day, 1)}));
  CHECK_FALSE(downsample_rows(day, {}));
}

TEST_CASE("downsample: what cannot be decoded is left alone") {
  const rollup_row damaged{day + 1min, "?", 1}, damaged_first{day, "?", 1};
  const auto merged = downsample_rows(day, std::vector{row(day, 1), damaged, row(day + 2min, 2)});
  REQUIRE(merged);
  CHECK(merged->gone == std::vector<minute>{day + 2min});
  CHECK(rollup::decode(merged->data)->lines == 3);
  CHECK_FALSE(downsample_rows(day, std::vector{row(day, 1), damaged}));
  CHECK_FALSE(downsample_rows(day, std::vector{damaged_first, row(day + 2min, 2)}));
}

} // namespace downsample_test
