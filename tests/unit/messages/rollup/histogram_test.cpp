// Histograms compared with the sorted values, for difficult distributions.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <random>
#include <utility>

#include "messages/rollup/histogram.hpp"

using parseflow::rollup::histogram;

namespace {

using values = std::vector<std::int64_t>;

histogram histogram_of(const values& all) {
  histogram h;
  for (const auto ms : all)
    h.add(ms);
  return h;
}

// The value at the nearest rank for `per_mille`, in whole numbers.
std::int64_t true_quantile(values all, std::size_t per_mille) {
  std::sort(all.begin(), all.end());
  const auto rank = std::max<std::size_t>(1, (per_mille * all.size() + 999) / 1000);
  return all[rank - 1];
}

// Names and generators of difficult distributions.
const std::vector<std::pair<const char*, std::function<std::int64_t(std::mt19937_64&)>>> distributions = {
    {"one value", [](auto&) { return 37; }},
    {"milliseconds",
     [](auto& random) { return std::uniform_int_distribution<std::int64_t>(0, 300)(random); }},
    {"around the limit of exactness",
     [](auto& random) { return std::uniform_int_distribution<std::int64_t>(2030, 2070)(random); }},
    {"timeouts beside quick answers",
     [](auto& random) { return std::bernoulli_distribution(0.06)(random) ? std::int64_t{30'000} : 4; }},
    {"long tail",
     [](auto& random) {
       return static_cast<std::int64_t>(std::lognormal_distribution<double>(5, 2.5)(random));
     }},
    {"over all octaves",
     [](auto& random) { return std::int64_t{1} << std::uniform_int_distribution<int>(0, 31)(random); }},
    {"day-long websockets",
     [](auto& random) { return std::uniform_int_distribution<std::int64_t>(0, 86'400'000)(random); }},
};

values draw(const std::function<std::int64_t(std::mt19937_64&)>& next, std::size_t count,
            std::mt19937_64& random) {
  values result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(next(random));
  return result;
}

} // namespace

TEST_CASE("histogram: without observations everything is zero") {
  const histogram h;
  CHECK(h.count() == 0);
  CHECK(h.sum() == 0);
  CHECK(h.smallest() == 0);
  CHECK(h.largest() == 0);
  CHECK(h.mean() == 0);
  CHECK(h.quantile(0.5) == 0);
  CHECK(h.count_above(0) == 0);
}

TEST_CASE("histogram: quantiles are exact below 2 s and within 0.4 percent above") {
  std::mt19937_64 random(1);
  for (const auto& each : distributions)
    for (const std::size_t count : {1u, 2u, 19u, 20u, 100u, 5000u}) {
      const auto all = draw(each.second, count, random);
      const auto h = histogram_of(all);
      for (const std::size_t per_mille : {0u, 1u, 70u, 500u, 900u, 950u, 990u, 999u, 1000u}) {
        CAPTURE(each.first);
        CAPTURE(count);
        CAPTURE(per_mille);
        const auto expected = true_quantile(all, per_mille);
        const auto found = static_cast<std::int64_t>(h.quantile(static_cast<double>(per_mille) / 1000));
        if (expected < 2048)
          CHECK(found == expected);
        else
          CHECK(std::abs(found - expected) * 250 <= expected);
      }
    }
}

TEST_CASE(
    "histogram: every millisecond below 2048 has a bucket of its own, and buckets ascend without gaps") {
  std::uint32_t before = 0;
  for (std::uint64_t ms = 1; ms < 200'000; ++ms) {
    const auto bucket = histogram::bucket_of(ms);
    REQUIRE((ms < 2048 ? bucket == before + 1 : bucket - before <= 1));
    before = bucket;
  }
  CHECK(histogram::bucket_of(2047) == 2047);
  CHECK(histogram::bucket_of(histogram::max_value) == histogram::bucket_count - 1);
}

TEST_CASE("histogram: count, sum, smallest, largest and mean are exact") {
  std::mt19937_64 random(2);
  for (const auto& each : distributions) {
    CAPTURE(each.first);
    const auto all = draw(each.second, 1000, random);
    const auto h = histogram_of(all);
    std::int64_t sum = 0;
    for (const auto ms : all)
      sum += ms;
    CHECK(h.count() == all.size());
    CHECK(h.sum() == static_cast<std::uint64_t>(sum));
    CHECK(h.mean() == doctest::Approx(static_cast<double>(sum) / 1000));
    CHECK(h.smallest() == static_cast<std::uint64_t>(*std::min_element(all.begin(), all.end())));
    CHECK(h.largest() == static_cast<std::uint64_t>(*std::max_element(all.begin(), all.end())));
    for (const std::uint64_t limit : {0u, 4u, 250u, 2046u})
      CHECK(h.count_above(limit) ==
            static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), [limit](std::int64_t ms) {
              return static_cast<std::uint64_t>(ms) > limit;
            })));
  }
}

TEST_CASE("histogram: negative observations count as zero, endless ones as the maximum") {
  const auto h = histogram_of({-5, INT64_MIN, INT64_MAX});
  CHECK(h.count() == 3);
  CHECK(h.smallest() == 0);
  CHECK(h.largest() == histogram::max_value);
  CHECK(h.sum() == histogram::max_value);
  CHECK(h.quantile(0.5) == 0);
  CHECK(h.quantile(1) == histogram::max_value);
}

TEST_CASE("histogram: merging is associative, commutative and equal to building from all") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    values parts[3], all;
    for (auto& part : parts) {
      const auto& next = distributions[random() % distributions.size()].second;
      part = draw(next, random() % 300, random);
      all.insert(all.end(), part.begin(), part.end());
    }
    const auto a = histogram_of(parts[0]), b = histogram_of(parts[1]), c = histogram_of(parts[2]);
    auto left = a;
    left.merge(b);
    left.merge(c);
    auto inner = c;
    inner.merge(b);
    auto right = inner;
    right.merge(a);
    CHECK(left == right);
    CHECK(left == histogram_of(all));
  }
}

TEST_CASE("histogram: decode is the reverse of encode") {
  std::mt19937_64 random(4);
  for (const auto& each : distributions)
    for (const std::size_t count : {0u, 1u, 3000u}) {
      CAPTURE(each.first);
      const auto h = histogram_of(draw(each.second, count, random));
      std::string bytes;
      h.encode(bytes);
      const auto size = bytes.size();
      bytes += "rest";
      std::string_view in = bytes;
      const auto again = histogram::decode(in);
      REQUIRE(again);
      CHECK(*again == h);
      CHECK(in == "rest");
      CHECK(size <= 3 * std::min<std::size_t>(count, histogram::bucket_count) + 20);
    }
}

TEST_CASE("histogram: a cut form is refused") {
  std::string bytes;
  histogram_of({1, 2, 2, 700, 90'000}).encode(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto in = std::string_view(bytes).substr(0, size);
    CHECK_FALSE(histogram::decode(in));
  }
}

TEST_CASE("histogram: a form that no histogram has is refused") {
  using namespace std::string_view_literals;
  using cells = histogram::cell_form;
  const auto is_refused = [](std::string_view bytes, cells form) { return !histogram::decode(bytes, form); };
  // cells, sum, smallest, largest, then step and count of each cell
  CHECK_FALSE(is_refused("\x02\x05\x01\x02\x01\x01\x01\x02"sv, cells::pairs));
  CHECK(is_refused("\x02\x05\x01\x01\x01\x01\x00\x02"sv, cells::pairs)); // a bucket twice
  CHECK(is_refused("\x02\x05\x01\x02\x01\x01\x01\x00"sv, cells::pairs)); // an empty cell
  CHECK(is_refused("\x02\x05\x00\x02\x01\x01\x01\x02"sv, cells::pairs)); // a minimum elsewhere
  CHECK(is_refused("\x02\x05\x01\x03\x01\x01\x01\x02"sv, cells::pairs)); // a maximum elsewhere
  CHECK(is_refused("\x01\x05\x01\x01\x01\xff\xff\xff\xff\xff\xff\x7f"sv,
                   cells::pairs));                                               // a count of 49 bits
  CHECK(is_refused("\xff\xff\xff\xff\x0f\x05\x01\x01\x01\x01"sv, cells::pairs)); // more cells than bytes
  CHECK(is_refused("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01\x01\x01\x01"sv,
                   cells::pairs)); // a number above 64 bits
  // The step times four, plus the count unless it follows.
  CHECK_FALSE(is_refused("\x02\x05\x01\x02\x05\x06"sv, cells::short_counts));
  CHECK(is_refused("\x02\x05\x01\x01\x05\x01"sv, cells::short_counts));     // a bucket twice
  CHECK(is_refused("\x02\x05\x01\x02\x05\x04\x00"sv, cells::short_counts)); // an empty cell
  CHECK(is_refused("\x02\x05\x00\x02\x05\x06"sv, cells::short_counts));     // a minimum elsewhere
  CHECK(is_refused("\xff\x01\x05\x01\x02\x05\x06"sv, cells::short_counts)); // more cells than bytes
}

TEST_CASE("histogram: both forms hold the same") {
  std::string_view pairs("\x03\x0b\x01\x05\x01\x01\x01\x02\x03\x01"),
      short_counts("\x03\x0b\x01\x05\x05\x06\x0d");
  const auto old_form = histogram::decode(pairs, histogram::cell_form::pairs);
  const auto new_form = histogram::decode(short_counts);
  REQUIRE(old_form);
  CHECK(old_form == new_form);
  CHECK(old_form->count() == 4);
  CHECK(old_form->quantile(0.5) == 2);
}

TEST_CASE("histogram: a sum that has no room stays at its limit, in any order") {
  histogram large, h;
  large.add(INT64_MAX);
  for (int i = 0; i < 24; ++i)
    large.merge(histogram(large)); // doubles the counts
  CHECK(large.sum() == UINT64_MAX);
  h.add(1);
  auto left = h, right = large;
  left.merge(large);
  right.merge(h);
  CHECK(left == right);
  CHECK(left.sum() == UINT64_MAX);
}
