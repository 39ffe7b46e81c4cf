#include "messages/rollup/cell_list.hpp"

#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace cell_list_test {

using parseflow::rollup::cell_list;

namespace {

bool is_same(const cell_list& list, const std::vector<std::uint64_t>& right) {
  return std::equal(list.begin(), list.end(), right.begin(), right.end()) && list.size() == right.size() &&
         list.empty() == right.empty();
}

} // namespace

TEST_CASE("cell list: it is no larger than a vector") {
  CHECK(sizeof(cell_list) <= sizeof(std::vector<std::uint64_t>));
}

TEST_CASE("cell list: it holds what a vector would") {
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    cell_list list;
    std::vector<std::uint64_t> right;
    for (int i = 0; i < 12; ++i) {
      const auto cell = std::uint64_t{random()};
      const auto at = random() % (right.size() + 1);
      switch (random() % 4) {
      case 0:
        list.push_back(cell);
        right.push_back(cell);
        break;
      case 1:
        CHECK(*list.insert(list.begin() + at, cell) == cell);
        right.insert(right.begin() + static_cast<std::ptrdiff_t>(at), cell);
        break;
      case 2:
        list.resize(at);
        right.resize(at);
        break;
      default:
        list.reserve(at);
        break;
      }
      REQUIRE(is_same(list, right));
    }
    const auto copy = list;
    CHECK(copy == list);
    auto moved = std::move(list);
    CHECK(is_same(moved, right));
    cell_list other;
    other.push_back(1);
    other = copy;
    CHECK(is_same(other, right));
    other.push_back(2);
    CHECK(other != copy);
    other = std::move(moved);
    CHECK(is_same(other, right));
  }
}

} // namespace cell_list_test
