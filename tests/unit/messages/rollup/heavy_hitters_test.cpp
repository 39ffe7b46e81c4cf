// The space-saving summary compared with exact counts.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <random>

#include "messages/rollup/heavy_hitters.hpp"
#include "messages/rollup/request_stats.hpp"

using namespace parseflow::rollup;

namespace {

using hitters = heavy_hitters<request_stats>;
using truth = std::map<std::string, std::uint64_t>;

// A summary of exact counts, as a batch makes it.
hitters summary_of(const truth& counts, std::size_t capacity) {
  std::vector<hitters::entry> entries;
  for (const auto& [key, count] : counts) {
    entries.push_back({key, {}, 0});
    entries.back().payload.count = count;
    entries.back().payload.service.add(static_cast<std::int64_t>(count));
  }
  return {std::move(entries), capacity};
}

std::uint64_t total_of(const truth& counts) {
  std::uint64_t sum = 0;
  for (const auto& [key, count] : counts)
    sum += count;
  return sum;
}

// Random counts of names with a few frequent ones.
truth draw(std::mt19937_64& random, std::size_t lines, double skew) {
  truth counts;
  for (std::size_t i = 0; i < lines; ++i) {
    const double u = std::uniform_real_distribution<double>(0, 1)(random);
    ++counts["/p" + std::to_string(static_cast<int>(1000 * std::pow(u, skew)))];
  }
  return counts;
}

// Checks what the header promises for any summary of `counts`.
void check_promises(const hitters& h, const truth& counts, std::size_t capacity) {
  const auto total = total_of(counts);
  std::uint64_t sum = h.other().count;
  CHECK(h.entries().size() <= capacity);
  CHECK(h.absent_bound() <= total / (capacity + 1));
  for (std::size_t i = 0; i < h.entries().size(); ++i) {
    const auto& e = h.entries()[i];
    sum += e.payload.count;
    if (i > 0)
      CHECK(h.entries()[i - 1].key < e.key);
    const auto exact = counts.at(e.key);
    CHECK(e.payload.count <= exact);
    CHECK(exact <= e.payload.count + e.missed);
    CHECK(e.missed <= h.absent_bound());
  }
  CHECK(sum == total);
  for (const auto& [key, count] : counts) {
    const auto is_key = [&key = key](const auto& e) { return e.key == key; };
    if (std::none_of(h.entries().begin(), h.entries().end(), is_key))
      CHECK(count <= h.absent_bound());
  }
}

} // namespace

TEST_CASE("heavy hitters: exact while there is room") {
  std::mt19937_64 random(1);
  hitters sum;
  truth all;
  for (int i = 0; i < 20; ++i) {
    const auto counts = draw(random, 200, 6);
    sum.add(summary_of(counts, 2000), 2000);
    for (const auto& [key, count] : counts)
      all[key] += count;
  }
  CHECK(sum.absent_bound() == 0);
  CHECK(sum.other() == request_stats{});
  REQUIRE(sum.entries().size() == all.size());
  for (const auto& e : sum.entries()) {
    CHECK(e.payload.count == all.at(e.key));
    CHECK(e.missed == 0);
  }
}

TEST_CASE("heavy hitters: beyond the room the bound holds, and sums stay exact, for any nesting of merges") {
  std::mt19937_64 random(2);
  for (const std::size_t capacity : {1u, 10u, 50u})
    for (const double skew : {1.0, 3.0, 8.0})
      for (const bool is_tree : {false, true}) {
        CAPTURE(capacity);
        CAPTURE(skew);
        truth all;
        std::vector<hitters> parts;
        for (int i = 0; i < 32; ++i) {
          const auto counts = draw(random, 1 + random() % 300, skew);
          parts.push_back(summary_of(counts, capacity));
          for (const auto& [key, count] : counts)
            all[key] += count;
        }
        while (parts.size() > 1) {
          // Either neighbours are merged, as in a tree, or everything is merged into the first.
          const std::size_t other = is_tree ? random() % (parts.size() - 1) : 0;
          parts[other].add(parts.back(), capacity);
          parts.pop_back();
        }
        check_promises(parts.front(), all, capacity);
      }
}

TEST_CASE("heavy hitters: a name that is frequent enough is never lost") {
  std::mt19937_64 random(3);
  hitters sum;
  for (int i = 0; i < 1000; ++i) {
    truth counts = {{"/often", 1}};
    for (int j = 0; j < 9; ++j)
      ++counts["/once" + std::to_string(random())];
    sum.add(summary_of(counts, 20), 20);
  }
  const auto top = sum.top(1);
  REQUIRE(top.size() == 1);
  CHECK(top[0]->key == "/often");
  CHECK(top[0]->payload.count == 1000);
  CHECK(sum.entries().size() == 20);
  CHECK(sum.other().count + 1000 + 19 == 10'000);
}

TEST_CASE("heavy hitters: what loses its entry keeps its durations in other") {
  const auto h = summary_of({{"/a", 5}, {"/b", 3}, {"/c", 4}}, 2);
  REQUIRE(h.entries().size() == 2);
  CHECK(h.entries()[0].key == "/a");
  CHECK(h.entries()[1].key == "/c");
  CHECK(h.other().count == 3);
  CHECK(h.other().service.sum() == 3);
  CHECK(h.absent_bound() == 3);
}

TEST_CASE("heavy hitters: a newcomer may have been counted before") {
  auto h = summary_of({{"/a", 5}, {"/b", 3}, {"/c", 4}}, 2);
  h.add(summary_of({{"/b", 2}, {"/c", 1}}, 2), 2);
  // /b may have 5 by now, as many as /a and /c, so their names decide.
  REQUIRE(h.entries().size() == 2);
  CHECK(h.entries()[0].key == "/a");
  CHECK(h.entries()[1].key == "/b");
  CHECK(h.entries()[1].payload.count == 2);
  CHECK(h.entries()[1].missed == 3);
  CHECK(h.other().count == 8);
  CHECK(h.absent_bound() == 5);
}

TEST_CASE("heavy hitters: top orders by count, then by name") {
  const auto h = summary_of({{"/a", 1}, {"/b", 9}, {"/c", 9}, {"/d", 2}}, 10);
  std::string order;
  for (const auto* e : h.top(3))
    order += e->key;
  CHECK(order == "/b/c/d");
  CHECK(h.top(100).size() == 4);
}
