// The shared byte budget: it grants bytes, makes requests wait, and takes bytes back.
#include "http/access/byte_budget.hpp"

#include <future>

#include <doctest/doctest.h>

namespace byte_budget_test {

using parseflow::http::byte_budget;
using namespace std::chrono_literals;

namespace {

auto soon() {
  return std::chrono::steady_clock::now() + 10s;
}

auto now() {
  return std::chrono::steady_clock::now();
}

} // namespace

TEST_CASE("byte budget: a share grows and shrinks, and is given back when it ends") {
  byte_budget budget{100};
  {
    byte_budget::share share{budget};
    CHECK(share.grow_to(0, now()));
    CHECK(share.grow_to(40, now()));
    CHECK(share.grow_to(60, now()));
    CHECK(share.grow_to(50, now()));
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
  CHECK(all.grow_to(100, now()));
  CHECK_FALSE(more.grow_to(1, now()));
  CHECK(budget.used() == 100);
}

TEST_CASE("byte budget: who waits gets what is given back") {
  byte_budget budget{100};
  byte_budget::share first{budget}, second{budget};
  REQUIRE(first.grow_to(80, now()));
  auto waiting = std::async(std::launch::async, [&] { return second.grow_to(50, soon()); });
  CHECK(waiting.wait_for(20ms) == std::future_status::timeout);
  first.shrink_to(0);
  CHECK(waiting.wait_for(5s) == std::future_status::ready); // before its time is over
  CHECK(waiting.get());
}

TEST_CASE("byte budget: more than there can ever be is granted alone") {
  byte_budget budget{100};
  byte_budget::share small{budget}, large{budget};
  REQUIRE(small.grow_to(1, now()));
  CHECK_FALSE(large.grow_to(1000, now()));
  small.shrink_to(0);
  CHECK(large.grow_to(1000, now()));
  CHECK(large.grow_to(2000, now()));
  CHECK_FALSE(small.grow_to(1, now()));
}

} // namespace byte_budget_test
