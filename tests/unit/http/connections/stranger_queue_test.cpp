// Which stranger has to leave first.
#include "http/connections/stranger_queue.hpp"

#include <doctest/doctest.h>

namespace stranger_queue_test {

using parseflow::http::stranger_queue;

namespace {

const auto anyone = [](std::uint64_t) { return true; };

} // namespace

TEST_CASE("stranger queue: the first is the one that was renewed longest ago and suits") {
  stranger_queue queue;
  CHECK(queue.empty());
  CHECK_FALSE(queue.first(anyone));
  for (const std::uint64_t id : {1u, 2u, 3u})
    queue.renew(id);
  CHECK(queue.first(anyone) == 1);
  queue.renew(1);
  CHECK(queue.first(anyone) == 2);
  CHECK(queue.first([](std::uint64_t id) { return id != 2; }) == 3);
  queue.remove(2);
  queue.remove(2);
  CHECK(queue.first(anyone) == 3);
  queue.remove(3);
  queue.remove(1);
  CHECK(queue.empty());
}

} // namespace stranger_queue_test
