#include <doctest/doctest.h>

#include "actors/frame_memory.hpp"

namespace frame_memory_test {

using namespace parseflow;
using namespace parseflow::actors;

TEST_CASE("frame memory: the same id under two drains is two frames") {
  CHECK(digest_of({"d.1", "A"}) != digest_of({"d.2", "A"}));
  CHECK(digest_of({"ab", "c"}) != digest_of({"a", "bc"}));
  CHECK(digest_of({"1:a", "b"}) != digest_of({"1", ":ab"}));
  CHECK(digest_of({"d.1", "A"}) == digest_of({"d.1", "A"}));
}

TEST_CASE("frame memory: forgets the oldest when full, and a known frame keeps its age") {
  frame_memory memory{2};
  const auto a = digest_of({"d", "a"}), b = digest_of({"d", "b"}), c = digest_of({"d", "c"});
  memory.insert(a);
  memory.insert(b);
  memory.insert(a);
  memory.insert(c);
  CHECK_FALSE(memory.contains(a));
  CHECK(memory.contains(b));
  CHECK(memory.contains(c));
  CHECK(memory.size() == 2);
}

} // namespace frame_memory_test
