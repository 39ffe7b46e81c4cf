// The cache of rollups, with a map in place of the table.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "db/rollup_cache.hpp"
#include "messages/rollup/rollup_form.hpp"

namespace rollup_cache_test {

using namespace parseflow;
using namespace parseflow::db;
using namespace std::chrono_literals;

namespace {

constexpr timestamp test_now{1'000h};

struct fake_table {
  struct row {
    std::string data;
    std::int64_t revision;
  };
  std::map<rollup_key, row> rows;
  int reads = 0;

  rollup_cache::loader loader() {
    return [this](const rollup_key& key) -> std::optional<cached_rollup> {
      ++reads;
      const auto found = rows.find(key);
      if (found == rows.end())
        return std::nullopt;
      return cached_rollup{rollup::decode(found->second.data).value(), found->second.revision};
    };
  }

  rollup_cache::saver saver() {
    return [this](const rollup_key& key, std::string_view data, std::int64_t expected) {
      row& stored = rows[key];
      CHECK(stored.revision == expected);
      stored = {std::string(data), next_revision(expected, test_now).to};
      return stored.revision;
    };
  }

  std::uint64_t lines(minute at, const std::string& app = "shop") const {
    return rollup::decode(rows.at({at, app}).data).value().lines;
  }
};

constexpr minute noon{12h};

rollup::partial lines(std::uint64_t count, minute at = noon) {
  rollup::partial counted{{at, {}}};
  counted[0].data.lines = count;
  return counted;
}

void add_and_commit(rollup_cache& cache, fake_table& table, const rollup::partial& counted) {
  cache.add("shop", counted, table.loader());
  cache.store(table.saver());
  cache.commit();
}

} // namespace

TEST_CASE("rollup_cache: adds up over transactions and reads a minute once") {
  fake_table table;
  rollup_cache cache;
  for (int i = 0; i < 5; ++i)
    add_and_commit(cache, table, lines(10));
  CHECK(table.lines(noon) == 50);
  CHECK(table.reads == 1);
}

TEST_CASE("rollup_cache: a transaction that failed leaves no trace") {
  fake_table table;
  rollup_cache cache;
  add_and_commit(cache, table, lines(10));
  cache.add("shop", lines(5), table.loader());
  cache.clear();
  add_and_commit(cache, table, lines(1));
  CHECK(table.lines(noon) == 11);
  CHECK(table.reads == 2);
}

TEST_CASE("rollup_cache: a minute of an earlier run is read before it is added to") {
  fake_table table;
  {
    rollup_cache earlier;
    add_and_commit(earlier, table, lines(7));
  }
  rollup_cache cache;
  add_and_commit(cache, table, lines(1));
  CHECK(table.lines(noon) == 8);
}

TEST_CASE("rollup_cache: a new row begins with a revision that no earlier row of its key had") {
  fake_table table;
  rollup_cache cache;
  add_and_commit(cache, table, lines(1));
  add_and_commit(cache, table, lines(1));
  CHECK(table.rows.at({noon, "shop"}).revision == test_now.time_since_epoch().count() + 1);
  CHECK(next_revision(0, test_now + 2us).to > table.rows.at({noon, "shop"}).revision);
  CHECK(next_revision(7, test_now).to == 8);
  CHECK(next_revision(0, timestamp{-1h}).to == 1);
}

TEST_CASE("rollup_cache: stays within its bound and still adds up") {
  fake_table table;
  rollup_cache cache(20'000);
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 200; ++i)
      add_and_commit(cache, table, lines(1, noon + i * 1min));
  CHECK(cache.size() < 20);
  CHECK(cache.size() > 0);
  for (int i = 0; i < 200; ++i)
    CHECK(table.lines(noon + i * 1min) == 2);
}

TEST_CASE("rollup_cache: keeps what was used last") {
  fake_table table;
  rollup_cache cache(10'000);
  for (int i = 0; i < 200; ++i) {
    add_and_commit(cache, table, lines(1, noon + i * 1min));
    add_and_commit(cache, table, lines(1, noon - 1min));
  }
  CHECK(table.reads == 201);
}

} // namespace rollup_cache_test
