// What a run finds out from the notes of earlier runs.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "db/journal/in_hand_file.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/temp_dir.hpp"

namespace in_hand_file_test {

using namespace parseflow;
using namespace parseflow::db;

namespace {

struct fixture {
  temp_dir folder;
  std::vector<frame_digest> done;

  // A run that ends with these frames in hand; returns the frames that were deadly before.
  std::vector<frame_digest> run(const std::vector<frame_digest>& in_hand) {
    const in_hand_file notes{folder / "in-hand", [this](const frame_digest& frame) {
                               return std::find(done.begin(), done.end(), frame) == done.end();
                             }};
    REQUIRE(problem_in(notes.check()) == "");
    for (std::size_t i = 0; i < in_hand.size(); ++i)
      notes.note(i)->write(in_hand[i]);
    return notes.deadly();
  }
};

constexpr frame_digest a{1, 2}, b{3, 4};

} // namespace

TEST_CASE_FIXTURE(fixture, "in_hand_file: a frame that is in hand at two ends is deadly") {
  CHECK(run({a}).empty());
  CHECK(run({{}, b, a}).empty());
  CHECK(run({}) == std::vector{a});
  CHECK(run({}) == std::vector{a}); // until it is no longer open
  done = {a};
  CHECK(run({}).empty());
}

TEST_CASE_FIXTURE(fixture, "in_hand_file: what was laid down is not suspected") {
  CHECK(run({a}).empty());
  CHECK(run({frame_digest{}}).empty());
  CHECK(run({a}).empty());
  done = {a};
  CHECK(run({}).empty());
}

TEST_CASE_FIXTURE(fixture, "in_hand_file: many suspects do not keep out new ones") {
  for (std::uint64_t i = 1; i <= 100; ++i)
    run({frame_digest{i, i}});
  run({a});
  CHECK(run({a}).empty());
  CHECK(run({}) == std::vector{a});
}

TEST_CASE_FIXTURE(fixture, "in_hand_file: without its file nothing is noted, and it is said") {
  const in_hand_file notes{folder / "missing" / "in-hand", [](const frame_digest&) { return true; }};
  CHECK_FALSE(notes.check());
  CHECK(notes.note(0) == nullptr);
}

TEST_CASE_FIXTURE(fixture, "in_hand_file: a parser beyond the last place gets no note") {
  const in_hand_file notes{folder / "in-hand", [](const frame_digest&) { return true; }};
  CHECK(notes.note(in_hand_file::places - 1) != nullptr);
  CHECK(notes.note(in_hand_file::places) == nullptr);
}

} // namespace in_hand_file_test
