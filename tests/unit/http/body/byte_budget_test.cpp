// The shared byte budget: it grants bytes while there are some, and takes them back.
#include "http/body/byte_budget.hpp"

#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace byte_budget_test {

using parseflow::http::byte_budget;

TEST_CASE("byte budget: a share grows and shrinks, and is given back when it ends") {
  byte_budget budget{100};
  {
    byte_budget::share share{budget};
    CHECK(share.grow_to(0));
    CHECK(share.grow_to(40));
    CHECK(share.grow_to(60));
    CHECK(share.grow_to(50));
    CHECK(budget.used() == 60);
    share.shrink_to(20);
    share.shrink_to(30);
    CHECK(budget.used() == 20);
  }
  CHECK(budget.used() == 0);
}

TEST_CASE("byte budget: all of it can be taken, and nothing more") {
  byte_budget budget{100};
  byte_budget::share all{budget}, more{budget};
  CHECK(all.grow_to(100));
  CHECK_FALSE(more.grow_to(1));
  CHECK(budget.used() == 100);
}

TEST_CASE("byte budget: what is given back can be taken again") {
  byte_budget budget{100};
  byte_budget::share first{budget}, second{budget};
  REQUIRE(first.grow_to(80));
  CHECK_FALSE(second.grow_to(50));
  first.shrink_to(50);
  CHECK(second.grow_to(50));
}

TEST_CASE("byte budget: a tenant may hold as much as it leaves free, so a newcomer finds room") {
  byte_budget budget{100};
  byte_budget::share others{budget};
  REQUIRE(others.grow_to(10));
  byte_budget::share first{budget, budget.tenant_of("a")}, second{budget, budget.tenant_of("a")};
  CHECK(first.grow_to(30));
  CHECK_FALSE(second.grow_to(16)); // 46 of the 90 that the others leave
  CHECK(second.grow_to(15));
  byte_budget::share newcomer{budget, budget.tenant_of("b")};
  CHECK_FALSE(newcomer.grow_to(23));
  CHECK(newcomer.grow_to(22));
  first.shrink_to(10);
  CHECK(second.grow_to(24));
}

TEST_CASE("byte budget: a tenant alone may hold one body of any size") {
  byte_budget budget{100};
  byte_budget::share large{budget, budget.tenant_of("a")};
  CHECK(large.grow_to(200));
  byte_budget::share second{budget, budget.tenant_of("a")};
  CHECK_FALSE(second.grow_to(1));
}

TEST_CASE("byte budget: what a tenant held is given back when it is asked for again") {
  byte_budget budget{100};
  for (int i = 0; i < 3000; ++i) {
    byte_budget::share share{budget, budget.tenant_of(std::to_string(i % 2000))};
    REQUIRE(share.grow_to(40));
    byte_budget::share other{budget, budget.tenant_of("other")};
    REQUIRE(other.grow_to(30));
  }
}

TEST_CASE("byte budget: threads that take and give back lose nothing") {
  byte_budget budget{100};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 10'000; ++j) {
        byte_budget::share mine{budget};
        mine.grow_to(40);
        mine.grow_to(90);
      }
    });
  for (auto& one : threads)
    one.join();
  CHECK(budget.used() == 0);
}

TEST_CASE("byte budget: more than there can ever be is granted alone") {
  byte_budget budget{100};
  byte_budget::share small{budget}, large{budget};
  REQUIRE(small.grow_to(1));
  CHECK_FALSE(large.grow_to(1000));
  small.shrink_to(0);
  CHECK(large.grow_to(1000));
  CHECK(large.grow_to(2000));
  CHECK_FALSE(small.grow_to(1));
}

} // namespace byte_budget_test
