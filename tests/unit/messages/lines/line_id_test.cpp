// The names of lines: the same for ever, and read as they are written.
#include "messages/lines/line_id.hpp"

#include <set>

#include <doctest/doctest.h>

namespace line_id_test {

using namespace parseflow;
using namespace parseflow::lines;

TEST_CASE("line id: it depends on the frame and the position, and never changes") {
  const timestamp at{std::chrono::microseconds{1'772'460'451'482'915}};
  const line_namer names{0x0123456789abcdefULL};
  CHECK(to_string(names.id_of(at, 0)) == "64c0b1b96cd23-157a3807a4");
  CHECK(to_string(names.id_of(at, 1)) == "64c0b1b96cd23-d573529b34");
  std::set<std::uint64_t> hashes;
  for (const auto* frame : {"a", "b"})
    for (std::uint32_t position = 0; position < 10'000; ++position)
      hashes.insert(line_namer{frame_key{"d.1234", frame}}.id_of(at, position).hash);
  CHECK(hashes.size() == 20'000);
  CHECK(*hashes.rbegin() < 1ULL << line_id::hash_bits);
  CHECK(line_namer{frame_key{"d.1", "2a"}}.id_of(at, 0) != line_namer{frame_key{"d.12", "a"}}.id_of(at, 0));
}

TEST_CASE("line id: what is written is read, and nothing else") {
  const line_id id{timestamp{std::chrono::microseconds{1'772'460'451'482'915}}, 0x0c3f1a2b4};
  CHECK(read_line_id(to_string(id)) == id);
  for (const auto* text : {"", "-", "64c0", "64c0-", "-00c3f1a2b4", "64c0-c3f1a2b4", "64c0-00c3f1a2b45",
                           "64g0-00c3f1a2b4", "64c0-00c3f1a2b4 ", "ffffffffffffffff-00c3f1a2b4"})
    CHECK_FALSE_MESSAGE(read_line_id(text), text);
}

} // namespace line_id_test
