// Maps names to numbers, also beyond the table's first size.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "messages/rollup/name_table.hpp"

using parseflow::rollup::name_table;

TEST_CASE("name table: the same text has the same number, whatever its length") {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 2000; ++i)
    texts.push_back(std::string(i % 41, 'x') + std::to_string(i));
  for (std::size_t size = 0; size < 40; ++size) // prefixes of each other, and the empty text
    texts.push_back(std::string(size, 'y'));
  name_table table(7);
  for (int round = 0; round < 3; ++round) {
    for (std::uint32_t i = 0; i < texts.size(); ++i)
      REQUIRE(table.number_of(texts[i]) == i);
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      const std::string copy = texts[i];
      REQUIRE(table.number_of(copy) == i);
      REQUIRE(table[i] == texts[i]);
    }
    CHECK(table.size() == texts.size());
    table.clear();
    CHECK(table.size() == 0);
  }
}

TEST_CASE("name table: after a large batch small ones find only their own names") {
  std::vector<std::string> texts;
  for (int i = 0; i < 10'000; ++i)
    texts.push_back("/item/" + std::to_string(i));
  name_table table(7);
  for (const auto& text : texts)
    table.number_of(text);
  table.clear();
  for (int batch = 0; batch < 500; ++batch) {
    for (std::uint32_t i = 0; i < 30; ++i)
      REQUIRE(table.number_of(texts[static_cast<std::size_t>(batch) * 19 + i]) == i);
    table.clear();
  }
}

TEST_CASE("name table: a rebound name lives on elsewhere") {
  name_table table(7);
  const std::string elsewhere = "/users/:id";
  {
    std::string scratch = elsewhere;
    table.number_of(scratch);
    table.rebind_last(elsewhere);
    scratch.assign("overwritten");
  }
  CHECK(table.number_of("/users/:id") == 0);
  CHECK(table[0].data() == elsewhere.data());
}
