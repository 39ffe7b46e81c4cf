// What was cut on its way, joined again.
#include "messages/logplex/stitch.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace parseflow::logplex {
namespace {

using namespace std::chrono_literals;

struct fixture {
  explicit fixture(stitch_limits limits = {}) : stitch(limits) {}

  void add(std::string_view text, std::chrono::microseconds at = 0s, std::string_view proc = "web.1") {
    stitch.add({timestamp{at}, "drain", "app", proc, text}, done);
  }
  void part(std::string_view text, std::chrono::microseconds at = 0s) { add(text, at, "postgres.1"); }

  std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (const auto& line : done)
      all.push_back(line.text);
    return all;
  }

  stitcher stitch;
  std::vector<stitched_line> done;
};

using list = std::vector<std::string>;

const std::string piece(cut_bytes, 'x');

TEST_CASE("stitch: an ordinary line passes at once") {
  fixture f;
  f.add("hello", 5s);
  REQUIRE(f.done.size() == 1);
  CHECK(f.done[0].text == "hello");
  CHECK(f.done[0].at == timestamp{5s});
  CHECK(f.done[0].drain == "drain");
  CHECK(f.done[0].source == "app");
  CHECK(f.done[0].proc == "web.1");
  CHECK(f.done[0].pieces == 1);
  CHECK(f.stitch.held_bytes() == 0);
}

TEST_CASE("stitch: pieces of 10 000 bytes wait for their rest") {
  fixture f;
  f.add(piece, 1s);
  f.add(piece, 1s);
  CHECK(f.done.empty());
  CHECK(f.stitch.held_bytes() > 20'000);
  f.add("rest", 1s);
  CHECK(f.texts() == list{piece + piece + "rest"});
  CHECK(f.done[0].pieces == 3);
  CHECK(f.stitch.held_bytes() == 0);
}

TEST_CASE("stitch: lines of others pass by and belong to nothing") {
  fixture f;
  f.add(piece);
  f.add("other", 0s, "web.2");
  CHECK(f.texts() == list{"other"});
  f.add("rest");
  CHECK(f.texts() == list{"other", piece + "rest"});
}

TEST_CASE("stitch: a line that comes too late is another line") {
  fixture f;
  f.add(piece, 0s);
  f.add("late", 1s + 1us);
  CHECK(f.texts() == list{piece, "late"});
  f.add(piece, 2s);
  f.add("in time", 3s);
  CHECK(f.texts().back() == piece + "in time");
}

TEST_CASE("stitch: expire and flush give out what waits, the longest waiting first") {
  fixture f;
  f.add(piece, 0s, "web.1");
  f.add(piece, 1s, "web.2");
  f.stitch.expire(timestamp{1500ms}, f.done);
  REQUIRE(f.done.size() == 1);
  CHECK(f.done[0].proc == "web.1");
  f.stitch.flush(f.done);
  REQUIRE(f.done.size() == 2);
  CHECK(f.done[1].proc == "web.2");
  CHECK(f.stitch.held_bytes() == 0);
}

TEST_CASE("stitch: a joined line has a bound, and so has all that waits") {
  fixture f({.max_gap = 1s, .max_line_bytes = 25'000, .max_held_bytes = 30'500});
  f.add(piece);
  f.add(piece);
  f.add(piece);
  CHECK(f.texts() == list{piece + piece});
  f.add(piece, 0s, "web.2");
  f.add(piece, 0s, "web.3");
  CHECK(f.texts() == list{piece + piece, piece});
  CHECK(f.stitch.held_bytes() <= 30'500);
}

TEST_CASE("stitch: Postgres parts are joined by number, in any order") {
  fixture f;
  f.part("[DATABASE] [18-3] WHERE id = 1");
  f.part("[DATABASE] [18-1]  sql_error_code = 00000 LOG:  statement: SELECT *");
  f.part("[DATABASE] [19-1]  sql_error_code = 00000 LOG:  other");
  f.part("[DATABASE] [18-2]");
  f.part("[TEAL] [18-1]  sql_error_code = 00000 LOG:  third");
  CHECK(f.done.empty());
  f.stitch.flush(f.done);
  CHECK(f.texts() ==
        list{"[DATABASE] [19-1]  sql_error_code = 00000 LOG:  other",
             "[DATABASE] [18-1]  sql_error_code = 00000 LOG:  statement: SELECT *\n\nWHERE id = 1",
             "[TEAL] [18-1]  sql_error_code = 00000 LOG:  third"});
  CHECK(f.done[1].pieces == 3);
}

TEST_CASE("stitch: a Postgres part that comes twice begins another line") {
  fixture f;
  f.part("[DATABASE] [1-1] a");
  f.part("[DATABASE] [1-1] b");
  CHECK(f.texts() == list{"[DATABASE] [1-1] a"});
}

TEST_CASE("stitch: whatever comes, every line is in one joined line and what waits is bounded") {
  std::mt19937 random(1);
  const stitch_limits limits{.max_gap = 1s, .max_line_bytes = 50'000, .max_held_bytes = 100'000};
  fixture f(limits);
  std::chrono::microseconds at{};
  std::size_t lines = 0, bytes = 0;
  for (int i = 0; i < 3000; ++i, ++lines) {
    at += std::chrono::milliseconds{random() % 300};
    const std::string proc = "web." + std::to_string(random() % 5);
    if (random() % 3 == 0) {
      f.part("[D] [" + std::to_string(random() % 4) + "-" + std::to_string(random() % 4) + "] x", at);
    } else {
      const std::string text = random() % 2 == 0 ? piece : std::string(random() % 100, 'y');
      bytes += text.size();
      f.add(text, at, proc);
    }
    REQUIRE(f.stitch.held_bytes() <= limits.max_held_bytes);
  }
  f.stitch.flush(f.done);
  std::size_t lines_out = 0, bytes_out = 0;
  for (const auto& line : f.done) {
    lines_out += line.pieces;
    if (line.proc != "postgres.1")
      bytes_out += line.text.size();
  }
  CHECK(lines_out == lines);
  CHECK(bytes_out == bytes);
  CHECK(f.stitch.held_bytes() == 0);
}

} // namespace
} // namespace parseflow::logplex
