// Distinct counts compared with sets.
#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <set>

#include "messages/rollup/distinct_counter.hpp"

using parseflow::rollup::distinct_counter;

namespace {

std::uint32_t member(std::uint64_t number) {
  return distinct_counter::hash_of("203.0." + std::to_string(number / 250) + "." +
                                   std::to_string(number % 250));
}

distinct_counter counter_of(const std::vector<std::uint32_t>& hashes) {
  distinct_counter result;
  for (const auto hash : hashes)
    result.add(hash);
  return result;
}

distinct_counter first_members(std::uint64_t count) {
  distinct_counter result;
  for (std::uint64_t i = 0; i < count; ++i)
    result.add(member(i));
  return result;
}

std::string encoded(const distinct_counter& value) {
  std::string bytes;
  value.encode(bytes);
  return bytes;
}

} // namespace

TEST_CASE("distinct counter: exact while members are few, however often they come") {
  distinct_counter c;
  CHECK(c.count() == 0);
  for (int round = 0; round < 3; ++round)
    for (std::uint64_t i = 0; i < distinct_counter::exact_up_to; ++i) {
      c.add(member(i));
      if (round == 0)
        REQUIRE(c.count() == i + 1);
    }
  CHECK(c.count() == distinct_counter::exact_up_to);
}

TEST_CASE("distinct counter: within five standard errors beyond, at any size") {
  for (const std::uint64_t size :
       {513u, 600u, 1000u, 2000u, 5000u, 10'000u, 12'000u, 20'000u, 100'000u, 1'000'000u}) {
    CAPTURE(size);
    const auto found = static_cast<double>(first_members(size).count());
    CHECK(std::abs(found / static_cast<double>(size) - 1) < 5 * 1.04 / 64);
  }
}

TEST_CASE("distinct counter: no bias over many sets") {
  std::mt19937_64 random(1);
  for (const std::uint64_t size : {700u, 3000u, 9000u, 12'000u, 30'000u}) {
    CAPTURE(size);
    double sum = 0;
    constexpr int sets = 60;
    for (int i = 0; i < sets; ++i) {
      distinct_counter c;
      for (std::uint64_t j = 0; j < size; ++j)
        c.add(static_cast<std::uint32_t>(random()));
      sum += static_cast<double>(c.count()) / static_cast<double>(size);
    }
    CHECK(std::abs(sum / sets - 1) < 4 * 1.04 / 64 / std::sqrt(sets));
  }
}

TEST_CASE("distinct counter: merging is associative, commutative and equal to adding all members") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint32_t> parts[3], all;
    for (auto& part : parts) {
      part.resize(random() % (round % 2 == 0 ? 300 : 1500));
      for (auto& hash : part)
        hash = member(random() % 2000);
      all.insert(all.end(), part.begin(), part.end());
    }
    const auto a = counter_of(parts[0]), b = counter_of(parts[1]), c = counter_of(parts[2]);
    auto left = a;
    left.merge(b);
    left.merge(c);
    auto right = c;
    right.merge(b);
    right.merge(a);
    CHECK(left == right);
    CHECK(left == counter_of(all));
    auto again = left;
    again.merge(left);
    CHECK(again == left);
    distinct_counter at_once;
    for (auto& part : parts)
      at_once.add_all(part);
    CHECK(at_once == left);
    if (const auto exact = std::set(all.begin(), all.end()).size(); exact <= distinct_counter::exact_up_to)
      CHECK(left.count() == exact);
  }
}

TEST_CASE("distinct counter: decode is the reverse of encode") {
  for (const std::uint64_t size : {0u, 1u, 2u, 100u, 512u, 513u, 5000u, 50'000u, 500'000u}) {
    CAPTURE(size);
    const auto value = first_members(size);
    auto bytes = encoded(value);
    CHECK(bytes.size() <= 3000);
    if (size == 513)
      CHECK(bytes.size() < 800);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      auto in = std::string_view(bytes).substr(0, cut);
      REQUIRE_FALSE(distinct_counter::decode(in));
    }
    bytes += "rest";
    std::string_view in = bytes;
    CHECK(distinct_counter::decode(in) == value);
    CHECK(in == "rest");
  }
  CHECK(encoded({}).size() == 1);
}

TEST_CASE("distinct counter: a form that no set has is refused") {
  using namespace std::string_view_literals;
  const auto is_refused = [](std::string_view bytes) { return !distinct_counter::decode(bytes); };
  CHECK_FALSE(is_refused("\x02\x00\x01"sv));
  CHECK(is_refused("\x02\x01\x00"sv));                 // a member comes twice
  CHECK(is_refused("\x01\xff\xff\xff\xff\x1f"sv));     // a hash of 33 bits
  CHECK(is_refused("\x02\xff\xff\xff\xff\x0f\x01"sv)); // the same as a sum
  CHECK(is_refused("\x82\x04"sv));                     // 514
  CHECK_FALSE(is_refused("\x81\x04\x01" + std::string(512, '\0')));
  CHECK(is_refused("\x81\x04\x01" + std::string(511, '\0')));   // cut
  CHECK(is_refused("\x81\x04\x01" + std::string(512, '\xff'))); // endless ranks
  CHECK(is_refused("\x81\x04\x16" + std::string(512, '\0')));   // ranks of 22
}

TEST_CASE("distinct counter: hashes never change, since databases hold them") {
  CHECK(distinct_counter::hash_of("") == 4245742554u);
  CHECK(distinct_counter::hash_of("u1") == 174092453u);
  CHECK(distinct_counter::hash_of("user-8") == 378578558u);
  CHECK(distinct_counter::hash_of("203.0.113.9") == 4129600951u);
  CHECK(distinct_counter::hash_of("2001:db8:85a3::8a2e:370:7334") == 1595034127u);
}
