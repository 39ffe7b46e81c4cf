// Places for answers that do not end: so many for each caller, and given back.
#include "http/access/stream_places.hpp"

#include <doctest/doctest.h>

namespace stream_places_test {

using parseflow::http::stream_places;

TEST_CASE("stream places: each caller has as many as there may be, and gets back what it gives back") {
  stream_places places{2};
  auto first = places.take("a");
  const auto second = places.take("a");
  CHECK(first);
  CHECK(second);
  CHECK_FALSE(places.take("a"));
  CHECK(places.take("b"));
  const auto copy = first;
  first = nullptr;
  CHECK_FALSE(places.take("a")); // the copy still has it
}

TEST_CASE("stream places: one that is given back can be taken again, and 0 is no limit") {
  stream_places places{1}, endless{0};
  CHECK(places.take("a"));
  CHECK(places.take("a"));
  const auto one = endless.take("a"), other = endless.take("a");
  CHECK(one);
  CHECK(other);
}

} // namespace stream_places_test
