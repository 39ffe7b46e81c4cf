// How many batches go into one transaction.
#include <doctest/doctest.h>

#include "actors/transaction_size.hpp"
#include "tests/unit/actors/samples.hpp"

namespace transaction_size_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

std::vector<batch_ptr> batches(int count, std::uint32_t lines, std::size_t bytes = 10) {
  auto one = std::make_shared<batch>();
  one->origin = some_frame("A", bytes);
  one->records.framing.lines = lines;
  return std::vector<batch_ptr>(static_cast<std::size_t>(count), one);
}

} // namespace

TEST_CASE("transaction size: bounded in lines and in bytes, and never nothing") {
  const transaction_size size;
  CHECK(size.of(batches(3, 10)) == 3);
  CHECK(size.of(batches(100, 1'000)) == 50);
  CHECK(size.of(batches(100, 1'001)) == 49);
  CHECK(size.of(batches(100, 1, 1u << 20)) == 16);
  CHECK(size.of(batches(2, 200'000)) == 1);
  CHECK(size.of(batches(2, 1, 40u << 20)) == 1);
}

TEST_CASE("transaction size: half after a failure, twice after a success that was quick") {
  transaction_size size;
  const auto many = batches(100, 1'000);
  size.failed();
  CHECK(size.of(many) == 25);
  size.failed();
  CHECK(size.of(many) == 12);
  size.succeeded(transaction_size::comfortable);
  CHECK(size.of(many) == 12);
  size.succeeded(1s);
  CHECK(size.of(many) == 25);
  size.succeeded(1s);
  size.succeeded(1s);
  CHECK(size.of(many) == 50);
  CHECK(size.lines() == transaction_size::max_lines);
}

TEST_CASE("transaction size: failures without end leave one batch") {
  transaction_size size;
  for (int i = 0; i < 100; ++i)
    size.failed();
  CHECK(size.lines() > 0);
  CHECK(size.of(batches(100, 1'000)) == 1);
  for (int i = 0; i < 10; ++i)
    size.succeeded(1s);
  CHECK(size.lines() == transaction_size::max_lines);
}

TEST_CASE("transaction size: after a refusal fewer batches go, down to the one that is the cause") {
  transaction_size size;
  const auto many = batches(100, 1);
  size.refused(size.of(many));
  CHECK(size.of(many) == 50);
  size.refused(50);
  CHECK(size.of(many) == 25);
  size.refused(3);
  CHECK(size.of(many) == 1);
  for (int i = 0; i < 10; ++i)
    size.succeeded(1h);
  CHECK(size.of(many) == 100);
}

} // namespace transaction_size_test
