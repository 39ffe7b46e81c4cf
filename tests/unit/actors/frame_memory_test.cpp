#include <algorithm>
#include <string>

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

TEST_CASE("frame memory: knows exactly the last frames, whatever their digests") {
  // Digests that differ only in bits that a hash table may drop, and digests of all kinds.
  const auto digest = [](std::uint64_t i) {
    return i % 3 == 0   ? frame_digest{i << 40U, i}
           : i % 3 == 1 ? frame_digest{i / 7, i}
                        : digest_of({"d", std::to_string(i)});
  };
  constexpr std::uint64_t capacity = 300, count = 5'000;
  frame_memory memory{capacity};
  for (std::uint64_t i = 0; i < count; ++i) {
    memory.insert(digest(i));
    const auto oldest = i + 1 - std::min(i + 1, capacity);
    REQUIRE(memory.size() == i + 1 - oldest);
    CHECK(memory.contains(digest(oldest)));
    CHECK(memory.contains(digest(i)));
    CHECK_FALSE(memory.contains(digest(i + 1)));
    if (oldest > 0)
      CHECK_FALSE(memory.contains(digest(oldest - 1)));
    if (i % 500 == 0)
      for (auto known = oldest; known <= i; ++known)
        CHECK(memory.contains(digest(known)));
  }
}

} // namespace frame_memory_test
