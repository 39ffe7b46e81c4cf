// Merging and the compact format, for random traffic and for damaged bytes.
#include <doctest/doctest.h>

#include "messages/rollup/rollup_form.hpp"
#include "messages/rollup/span_rollup.hpp"
#include "messages/rollup/subtract.hpp"
#include "tests/unit/messages/rollup/samples.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

minute_rollup random_rollup(std::mt19937_64& random, std::size_t requests) {
  builder b(limits{}, [](std::string_view address) { return address.ends_with('3') ? "DE" : "FR"; });
  const auto sample = random_body(random, requests, start, 60s);
  const auto result = b.build(sample.body, 100 * requests, start);
  return result.empty() ? minute_rollup{} : result.front().data;
}

using namespace std::string_view_literals;

// Made by version 3 of this program.
constexpr auto of_version_3 =
    "\x03\x04\x02\x00\x01\x01\x00\x01\x01\x02\x01\x00\x00\x00\x88\x27\x09\xa0\x06\x01\x01\x01\x00\x00"
    "\x02\x01\x03\x04\xcc\xf4\x2a\x0c\xe0\xdc\x2a\x31\x71\xcd\x40\xbd\x1f\x01\x01\x01\x01\x05\x02\x00"
    "\x03\x48\x31\x32\x01\x00\x03\x52\x31\x34\x02\x01\x00\x02\x44\x45\x03\x04\x65\x01\xc8\x01\x01\x94"
    "\x03\x01\xf7\x03\x01\x01\x1f\x04\x01\x00\x00\x09\x00\x01\x00\x05\x77\x65\x62\x2e\x31\x02\x80\xbb"
    "\xfb\xb8\xe3\x82\xa6\x06\xc9\xf0\x26\x00\x00\x00\x00\x00\x00\x02\x00\x01\x00\x04\x70\x67\x2d\x31"
    "\x0f\x68\x65\x72\x6f\x6b\x75\x2d\x70\x6f\x73\x74\x67\x72\x65\x73\x01\x00\x07\x64\x62\x5f\x73\x69"
    "\x7a\x65\x02\x00\x81\xc0\xa8\xca\x9a\x3a\x05\x62\x79\x74\x65\x73\x05\x01\x00\x06\x6f\x72\x64\x65"
    "\x72\x73\x02\x04\x80\xed\xf8\xb5\x02\x02\x00\x03\x6c\x61\x67\x02\x00\xa1\x1f\x01\x73\xa1\x1f\x00"
    "\x05\x71\x75\x65\x75\x65\x02\x00\xa1\x90\x05\x04\x6a\x6f\x62\x73\xa1\x90\x05\x03\x00\x08\x64\x62"
    "\x2e\x71\x75\x65\x72\x79\x03\xe0\xaa\x5c\x90\x03\xe0\xc6\x5b\xc1\x0c\xc5\x3d\xd9\x1b\x02\x6d\x73"
    "\x00\x05\x70\x6c\x61\x69\x6e\x01\xfa\x01\xfa\x01\xfa\x01\xe9\x07\x00\x00\x04\x73\x69\x7a\x65\x01"
    "\xac\x1b\xac\x1b\xac\x1b\xe9\x42\x02\x6b\x42\x01\x00\x06\x62\x75\x79\x65\x72\x73\x01\x01\xed\xbd"
    "\x85\x24\x01\x07\x01\x00\x00\x00\x02\x00\x02\x2f\x61\x00\x03\x01\x03\x94\xdd\x2a\x0c\xe0\xdc\x2a"
    "\x31\x71\x89\x60\x01\x01\x62\x01\x01\x01\x01\xb8\x17\xb8\x17\xb8\x17\xed\x41\x01\x00\x05\x77\x65"
    "\x62\x2e\x31\x03\x01\x03\x94\xdd\x2a\x0c\xe0\xdc\x2a\x31\x71\x89\x60"sv;

} // namespace

TEST_CASE("minute rollup: merging is associative and commutative") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 30; ++round) {
    const auto a = random_rollup(random, random() % 200), b = random_rollup(random, random() % 200),
               c = random_rollup(random, random() % 200);
    auto left = a;
    merge(left, b);
    merge(left, c);
    auto inner = c;
    merge(inner, b);
    auto right = minute_rollup{};
    merge(right, inner);
    merge(right, a);
    CHECK(left == right);
    CHECK(left.requests == a.requests + b.requests + c.requests);
  }
}

TEST_CASE("minute rollup: dynos and error codes beyond their bound are counted as other") {
  span_rollup sum;
  const limits bounds{.endpoints = 10, .dynos = 3, .error_codes = 2};
  for (int i = 0; i < 50; ++i) {
    span_rollup next;
    next.dynos["web." + std::to_string(i % 5)].count = 1;
    next.error_codes["H" + std::to_string(i % 5)] = 1;
    merge(sum, next, bounds);
  }
  CHECK(sum.dynos.size() == 4);
  CHECK(sum.dynos.at("web.0").count == 10);
  CHECK(sum.dynos.at("other").count == 20);
  CHECK(sum.error_codes ==
        std::map<std::string, std::uint64_t, std::less<>>{{"H0", 10}, {"H1", 10}, {"other", 30}});
}

TEST_CASE("minute rollup: decode is the reverse of encode") {
  std::mt19937_64 random(2);
  CHECK(decode(encode(minute_rollup{})) == minute_rollup{});
  for (int round = 0; round < 30; ++round) {
    const auto value = random_rollup(random, random() % 300);
    const auto again = decode(encode(value));
    REQUIRE(again);
    CHECK(*again == value);
  }
}

TEST_CASE("minute rollup: a sum of minutes has no requests by second, also in its compact form") {
  minute_rollup one;
  one.requests = one.by_second[31] = 4;
  span_rollup sum;
  merge(sum, one);
  merge(sum, one);
  const auto again = decode(encode(sum));
  REQUIRE(again);
  CHECK(again->requests == 8);
  CHECK(again->by_second == second_counts{});
  merge(one, minute_rollup{one});
  CHECK(decode(encode(one))->by_second[31] == 8);
}

TEST_CASE("minute rollup: what the heavy hitters gave up survives encoding") {
  std::mt19937_64 random(3);
  span_rollup sum;
  for (int i = 0; i < 5; ++i)
    merge(sum, random_rollup(random, 100), limits{.endpoints = 2});
  CHECK(sum.endpoints.absent_bound() > 0);
  CHECK(sum.endpoints.other().count > 0);
  const auto again = decode(encode(sum));
  REQUIRE(again);
  CHECK(*again == sum);
}

TEST_CASE("minute rollup: numbers that contradict each other are refused") {
  using hitters = heavy_hitters<request_stats>;
  span_rollup r;
  r.requests = r.errors = 1;
  r.dynos["web.1"].count = 1;
  r.dynos["web.1"].service.add(5);
  r.endpoints = hitters::from_parts({{"/", {}, 3}}, {}, 3);
  CHECK(decode(encode(r)) == r);
  auto more_errors_than_requests = r;
  more_errors_than_requests.errors = 2;
  CHECK_FALSE(decode(encode(more_errors_than_requests)));
  auto more_durations_than_requests = r;
  more_durations_than_requests.dynos["web.1"].count = 0;
  CHECK_FALSE(decode(encode(more_durations_than_requests)));
  auto more_missed_than_possible = r;
  more_missed_than_possible.endpoints = hitters::from_parts({{"/", {}, 4}}, {}, 3);
  CHECK_FALSE(decode(encode(more_missed_than_possible)));
  auto least_above_last = r;
  least_above_last.custom.gauges["g"] = {{"", start}, gauge_of(start, 1), 2};
  CHECK_FALSE(decode(encode(least_above_last)));
  auto all_parts_of_one = r;
  all_parts_of_one.custom.counts["c"] = {1, {0, decimal_sum::parts}};
  CHECK_FALSE(decode(encode(all_parts_of_one)));
  auto more_failures_than_requests = r;
  more_failures_than_requests.failures = 2;
  CHECK_FALSE(decode(encode(more_failures_than_requests)));
  auto more_websockets_than_requests = r;
  more_websockets_than_requests.dynos["web.1"].websockets = 2;
  CHECK_FALSE(decode(encode(more_websockets_than_requests)));
}

TEST_CASE("minute rollup: bytes of another version, cut bytes and more bytes are refused") {
  std::mt19937_64 random(4);
  const auto bytes = encode(random_rollup(random, 40));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE_FALSE(decode(std::string_view(bytes).substr(0, size)));
  CHECK_FALSE(decode(bytes + '\0'));
  for (const char version : {'\0', '\5', '\377'}) {
    auto other = bytes;
    other[0] = version;
    CHECK_FALSE(decode(other));
  }
}

TEST_CASE("minute rollup: what earlier versions encoded is read") {
  // Made by version 2 of this program.
  constexpr auto bytes =
      "\x02\x03\x01\x00\x00\x02\x00\x00\x01\x02\x01\x00\x00\x00\x88\x27\x09\xa0\x06\x01\x01\x02\xd0\x17"
      "\x0c\xb8\x17\x0c\x02\xaf\x10\x01\x01\x01\x01\x01\x01\x01\x02\x03\x48\x31\x32\x01\x03\x52\x31\x34"
      "\x02\x01\x02\x44\x45\x03\x01\x00\x00\x00\x02\x02\x2f\x61\x00\x02\x00\x01\x18\x0c\x0c\x0c\x02\x02"
      "\x2f\x62\x01\x01\x01\x01\xb8\x17\xb8\x17\xb8\x17\xbb\x10\x01\x01\x05\x77\x65\x62\x2e\x31\x02\x00"
      "\x01\x18\x0c\x0c\x0c\x02\x01\x1f\x03\x01\x00\x00\x04\x00\x01\x05\x77\x65\x62\x2e\x31\x01\xc0\xdd"
      "\xbd\xdc\xb1\x81\x93\x03\x00\x00\x00\x00\x00\xe8\x73\x40\x00\x00\x00\x00\x00\xe8\x73\x40\x00\x00"
      "\x00\x00\x00\x00\x02\x00\x01\x04\x70\x67\x2d\x31\x0f\x68\x65\x72\x6f\x6b\x75\x2d\x70\x6f\x73\x74"
      "\x67\x72\x65\x73\x01\x07\x64\x62\x5f\x73\x69\x7a\x65\x01\xc0\xdd\xbd\xdc\xb1\x81\x93\x03\x00\x00"
      "\x00\x00\x65\xcd\xcd\x41\x00\x00\x00\x00\x65\xcd\xcd\x41\x05\x62\x79\x74\x65\x73"sv;
  minute_rollup r;
  r.requests = 3;
  r.errors = 1;
  r.failures = 1; // from the class of their status
  r.by_status_class = {0, 0, 2, 0, 0, 1};
  r.by_method = {2, 1, 0, 0, 0};
  for (const int ms : {12, 12, 3000})
    r.service.add(ms);
  r.connect.add(1);
  r.response_bytes = 5000;
  r.error_codes = {{"H12", 1}, {"R14", 2}};
  r.countries = {{"DE", 3}};
  request_stats a{.count = 2}, b{.count = 1, .errors = 1};
  a.service.add(12);
  a.service.add(12);
  b.service.add(3000);
  r.endpoints = heavy_hitters<request_stats>::from_parts({{"/a", a, 0}, {"/b", b, 1}}, {}, 1);
  r.dynos["web.1"] = a;
  r.by_second[31] = 3;
  r.lines = 9;
  r.bytes = 800;
  r.malformed = 1;
  r.count_mismatches = 1;
  r.platform.releases = 1;
  r.platform.custom_samples = 4;
  auto& dyno = r.platform.dynos["web.1"];
  dyno.memory_total_mb = gauge_of(timestamp(1'772'460'451s), 318.5);
  dyno.r14 = 2;
  auto& addon = r.platform.addons["pg-1"];
  addon.proc = "heroku-postgres";
  addon.values["db_size"] = {gauge_of(timestamp(1'772'460'451s), 1e9), "bytes"};
  CHECK(decode(bytes) == r);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE_FALSE(decode(bytes.substr(0, size)));
  CHECK_FALSE(decode(std::string(bytes) + '\0'));

  // Version 1 ended before the platform's part.
  std::string first(bytes.substr(0, bytes.size() - 107));
  CHECK_FALSE(decode(first));
  first[0] = 1;
  r.platform = {};
  CHECK(decode(first) == r);
}

TEST_CASE("minute rollup: what version 3 encoded is read, and adds up with what is counted now") {
  minute_rollup r;
  r.requests = 4;
  r.errors = 2;
  r.failures = 1;
  r.by_status_class = {0, 1, 1, 0, 1, 1};
  r.by_status = {{101, 1}, {200, 1}, {404, 1}, {503, 1}};
  r.by_method = {2, 1, 0, 0, 0, 1, 0, 0};
  for (const int ms : {12, 40, 3000, 700'000})
    r.service.add(ms);
  r.connect.add(1);
  r.response_bytes = 5000;
  r.error_codes = {{"H12", 1}, {"R14", 2}};
  r.countries = {{"DE", 3}};
  r.visitors.add(7);
  request_stats a{.count = 3, .errors = 1}, b{.count = 1, .errors = 1};
  for (const int ms : {12, 40, 700'000})
    a.service.add(ms);
  b.service.add(3000);
  r.endpoints = heavy_hitters<request_stats>::from_parts({{"/a", a, 0}, {"/b", b, 1}}, {}, 1);
  r.dynos["web.1"] = a;
  r.by_second[31] = 4;
  r.lines = 9;
  r.bytes = 800;
  r.malformed = 1;
  r.count_mismatches = 1;
  r.late = 2;
  r.early = 1;
  r.samples_left_out = 3;
  r.platform.releases = 1;
  r.platform.custom_samples = 9;
  const timestamp reported = start + 31s;
  r.platform.dynos["web.1"].memory_total_mb = gauge_of(reported, 318.5);
  r.platform.dynos["web.1"].r14 = 2;
  r.platform.addons["pg-1"].proc = "heroku-postgres";
  r.platform.addons["pg-1"].values["db_size"] = {gauge_of(reported, 1e9), "bytes"};
  r.custom.counts["orders"].observations = 2;
  r.custom.counts["orders"].sum.add(2.65);
  r.custom.gauges[series_key("queue", "jobs")] = {{"jobs", timestamp{}}, gauge_of(reported, 42), 42};
  r.custom.gauges[series_key("lag", "s")] = {{"s", timestamp{}}, gauge_of(reported, 2e6), 2e6};
  const auto measured = [&r](const char* name, const char* unit, std::initializer_list<double> kept) {
    auto& series = r.custom.measures[series_key(name, unit)];
    series.unit = {unit, timestamp{}};
    for (const auto value : kept)
      series.values.add(value);
  };
  measured("db.query", "ms", {400, 12'400, 1'500'000});
  measured("size", "kB", {3.5});
  measured("plain", "", {0.25});
  r.custom.uniques["buyers"].observations = 1;
  r.custom.uniques["buyers"].members.add(distinct_counter::hash_of("user-1"));
  r.custom.overflow = 5;
  const auto old = decode(of_version_3);
  REQUIRE(old);
  CHECK(*old == r);
  for (std::size_t size = 0; size < of_version_3.size(); ++size)
    REQUIRE_FALSE(decode(of_version_3.substr(0, size)));

  // A later value in another unit of time.
  sample_record next;
  next.at = reported + 1min;
  next.kind = sample_kind::measure;
  next.unit = "s";
  next.value = 3;
  minute_rollup newer, forth = *old, back;
  add(newer.custom, "db.query", next, {});
  merge(forth, newer);
  merge(back, newer);
  merge(back, *old);
  CHECK(forth == back);
  CHECK(decode(encode(forth)) == forth);
  const auto& query = *first_series(forth.custom.measures, "db.query");
  CHECK(query.unit.text == "ms");
  CHECK(query.values.count() == 4);
  CHECK(shown_value(query.values.sum(), "ms") == 4512.8);
  CHECK(shown_value(query.values.largest(), "ms") == 3000);
  subtract(forth, newer);
  CHECK(forth.custom.measures.at(series_key("db.query", "ms")).values ==
        r.custom.measures.at(series_key("db.query", "ms")).values);
}

TEST_CASE("minute rollup: without names a sum is the same in all but these") {
  std::mt19937_64 random(8);
  for (int round = 0; round < 10; ++round) {
    const auto a = random_rollup(random, 100), b = random_rollup(random, 100);
    auto whole = a;
    merge(whole, b);
    const auto bytes = encode(whole);
    whole.endpoints = {};
    whole.dynos.clear();
    span_rollup sum;
    merge(sum, a, {}, extent::without_names);
    merge(sum, b, {}, extent::without_names);
    CHECK(sum == whole);
    CHECK(decode(bytes, extent::without_names) == whole);
  }
}

TEST_CASE("minute rollup: damaged bytes are refused, or are what some rollup encodes to") {
  std::mt19937_64 random(5);
  const auto bytes = encode(random_rollup(random, 60));
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = round % 2 == 0 ? bytes : std::string(of_version_3);
    for (auto left = 1 + random() % 4; left > 0; --left) {
      const auto at = random() % damaged.size();
      switch (random() % 4) {
      case 0:
        damaged[at] = static_cast<char>(random());
        break;
      case 1:
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
        break;
      case 2:
        damaged.erase(at, 1 + random() % 20);
        break;
      default:
        damaged.insert(at, 1 + random() % 12, '\xff');
      }
      if (damaged.empty())
        damaged = "\x04";
    }
    const auto value = decode(damaged);
    if (!value)
      continue;
    ++accepted;
    REQUIRE(decode(encode(*value)) == *value);
  }
  CHECK(accepted > 0);
}

TEST_CASE("minute rollup: random bytes do no harm") {
  std::mt19937_64 random(6);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(1 + random() % 300, static_cast<char>(1 + random() % 4));
    for (std::size_t i = 1; i < bytes.size(); ++i)
      bytes[i] = static_cast<char>(random() % 3 == 0 ? random() : random() % 3);
    if (const auto value = decode(bytes))
      REQUIRE(decode(encode(*value)) == *value);
  }
}
