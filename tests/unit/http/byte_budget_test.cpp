// The shared byte budget: grants, waits and gives back.
#include "http/byte_budget.hpp"

#include <future>
#include <optional>

#include <doctest/doctest.h>

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

TEST_CASE("byte budget: a share is taken until it ends") {
  byte_budget budget{100};
  {
    const auto share = budget.take(60, now());
    CHECK(share);
    CHECK(budget.used() == 60);
  }
  CHECK(budget.used() == 0);
}

TEST_CASE("byte budget: all of it can be taken, and nothing more") {
  byte_budget budget{100};
  const auto all = budget.take(100, now());
  CHECK(all);
  CHECK_FALSE(budget.take(1, now()));
  CHECK(budget.used() == 100);
}

TEST_CASE("byte budget: who waits gets what is given back") {
  byte_budget budget{100};
  std::optional<byte_budget::share> first{budget.take(80, now())};
  auto second = std::async(std::launch::async, [&] { return static_cast<bool>(budget.take(50, soon())); });
  CHECK(second.wait_for(20ms) == std::future_status::timeout);
  first.reset();
  CHECK(second.wait_for(5s) == std::future_status::ready); // and not when its time is over
  CHECK(second.get());
}

TEST_CASE("byte budget: more than there can ever be is granted alone") {
  byte_budget budget{100};
  {
    const auto small = budget.take(1, now());
    CHECK_FALSE(budget.take(1000, now()));
  }
  const auto large = budget.take(1000, now());
  CHECK(large);
  CHECK_FALSE(budget.take(1, now()));
}
