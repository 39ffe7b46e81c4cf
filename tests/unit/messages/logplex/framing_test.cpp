// Octet counts, and which lines are recovered when they are wrong.
#include "messages/logplex/framing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "messages/frame.hpp"
#include "tests/unit/messages/logplex/compose.hpp"

namespace parseflow::logplex {
namespace {

struct step {
  std::string bytes;
  bool damaged;
  bool operator==(const step&) const = default;
};

std::vector<step> steps_of(std::string_view body, std::uint32_t announced = frame::no_count) {
  std::vector<step> steps;
  framing frames(body, announced);
  for (framed_line m; frames.next(m);)
    steps.push_back({std::string(m.bytes), m.is_damaged});
  return steps;
}

const std::string a = line_of("app", "web.1", "first");
const std::string b = line_of("app", "web.2", "second line");
const std::string c = line_of("heroku", "router", "at=info method=GET status=200");
const std::string without_line_feed = line_of("heroku", "logplex", "Error L10 (output buffer overflow): 317")
                                          .substr(0, line_of("heroku", "logplex", "").size() - 1 + 39);

using steps = std::vector<step>;

TEST_CASE("framing: an empty body has no lines") {
  CHECK(steps_of("").empty());
}

TEST_CASE("framing: lines come out with their counted line feeds") {
  CHECK(steps_of(framed(a) + framed(b) + framed(c)) == steps{{a, false}, {b, false}, {c, false}});
}

TEST_CASE("framing: a count counts octets, not characters") {
  const std::string text = line_of("app", "worker.2", "Grüße aus Zürich ☕");
  CHECK(steps_of(framed(text) + framed(a)) == steps{{text, false}, {a, false}});
}

TEST_CASE("framing: a line without line feed touches the next count") {
  REQUIRE(without_line_feed.ends_with("317"));
  CHECK(steps_of(framed(without_line_feed) + framed(a)) == steps{{without_line_feed, false}, {a, false}});
  CHECK(steps_of(framed(a) + framed(without_line_feed)) == steps{{a, false}, {without_line_feed, false}});
}

TEST_CASE("framing: a line without line feed is spared by what is malformed behind it") {
  const std::string whole = framed(without_line_feed);
  CHECK(steps_of(whole + "9 malformed") == steps{{without_line_feed, false}, {"9 malformed", true}});
  CHECK(steps_of(framed(a) + whole + "21 no syslog line at all") ==
        steps{{a, false}, {without_line_feed, false}, {"no syslog line at all", false}});
  CHECK(steps_of(whole + "9 malformed" + framed(a)) ==
        steps{{without_line_feed, false}, {"9 malformed", true}, {a, false}});
}

TEST_CASE(
    "framing: the announced number of lines separates a malformed last one from a count that is too small") {
  const std::string body = framed(without_line_feed) + "57 malformed";
  CHECK(steps_of(body, 2) == steps{{without_line_feed, false}, {"57 malformed", true}});
  CHECK(steps_of(body, 1) == steps{{body, true}});
  CHECK(steps_of(body) == steps{{body, true}});
  // If more than one line may follow, nothing shows where the first one ends.
  CHECK(steps_of(body + framed(a), 3) == steps{{body, true}, {a, false}});
}

TEST_CASE("framing: line feeds, frames and any bytes inside a line belong to it") {
  using namespace std::string_literals;
  const std::string odd = line_of("app", "web.1", "x\r\n262 <158>1 y\n\0\x1b[31m\xff\xfe"s);
  CHECK(steps_of(framed(odd) + framed(a)) == steps{{odd, false}, {a, false}});
}

TEST_CASE("framing: a count that is none is damage up to the next frame") {
  for (const std::string count : {"0", "007", "12345678901234567890", "x", "-5", "12", " 80", "8O"}) {
    CAPTURE(count);
    const std::string damaged = count + " " + a;
    CHECK(steps_of(framed(b) + damaged + framed(c)) == steps{{b, false}, {damaged, true}, {c, false}});
  }
}

TEST_CASE("framing: a frame is found again behind digits that do not belong to its count") {
  CHECK(steps_of(std::string("0") + framed(a) + framed(b)) == steps{{"0", true}, {a, false}, {b, false}});
}

TEST_CASE("framing: garbage between frames is kept apart from both") {
  CHECK(steps_of(framed(a) + "garbage\n" + framed(b)) == steps{{a, false}, {"garbage\n", true}, {b, false}});
  CHECK(steps_of(framed(a) + "\n\n" + framed(b)) == steps{{a, false}, {"\n\n", true}, {b, false}});
  CHECK(steps_of(framed(a) + "garbage") == steps{{a, false}, {"garbage", true}});
}

TEST_CASE("framing: damage before a line without line feed spares it if its count fits") {
  CHECK(steps_of(std::string("??") + framed(without_line_feed) + framed(a)) ==
        steps{{"??", true}, {without_line_feed, false}, {a, false}});
}

TEST_CASE("framing: a count that is too small or too large damages its own frame only") {
  for (const int off : {-7, -2, 1, 5, 40}) {
    CAPTURE(off);
    const std::string damaged = std::to_string(static_cast<int>(a.size()) + off) + " " + a;
    CHECK(steps_of(framed(b) + damaged + framed(c) + framed(b)) ==
          steps{{b, false}, {damaged, true}, {c, false}, {b, false}});
  }
}

TEST_CASE("framing: a count that takes the first digit of the next one is damage") {
  const std::string large = line_of("app", "web.1", std::string(400, 'x'));
  const std::string damaged = std::to_string(a.size() + 1) + " " + a;
  CHECK(steps_of(damaged + framed(large) + framed(b)) == steps{{damaged, true}, {large, false}, {b, false}});
}

TEST_CASE("framing: a line feed that was not counted is not part of anything") {
  const std::string bare = a.substr(0, a.size() - 1);
  CHECK(steps_of(framed(bare) + "\n" + framed(bare) + "\r\n" + framed(bare) + "\n") ==
        steps{{bare, false}, {bare, false}, {bare, false}});
  CHECK(steps_of(framed(a) + "\n") == steps{{a, false}});
}

TEST_CASE("framing: a body cut short ends with one damaged line") {
  const std::string whole = framed(a) + framed(b);
  for (std::size_t cut = framed(a).size() + 1; cut < whole.size(); ++cut) {
    CAPTURE(cut);
    CHECK(steps_of(whole.substr(0, cut), 2) ==
          steps{{a, false}, {whole.substr(framed(a).size(), cut - framed(a).size()), true}});
  }
}

TEST_CASE(
    "framing: a count beyond the end is a cut in the last announced line, else damage that ends at a frame") {
  const std::string body = framed(a) + "900 " + b + framed(c);
  CHECK(steps_of(body, 2) == steps{{a, false}, {"900 " + b + framed(c), true}});
  CHECK(steps_of(body, 3) == steps{{a, false}, {"900 " + b, true}, {c, false}});
  CHECK(steps_of(body) == steps{{a, false}, {"900 " + b, true}, {c, false}});
}

TEST_CASE("framing: a single line may be larger than any batch should be") {
  const std::string large = line_of("app", "web.1", std::string(10'000'000, 'x'));
  CHECK((steps_of(framed(large)) == steps{{large, false}}));
}

// The lines found in damaged lines.
std::vector<std::string> lines_of(std::string_view body, std::uint32_t announced = frame::no_count) {
  std::vector<std::string> lines;
  framing frames(body, announced);
  for (framed_line m; frames.next(m);) {
    CHECK((m.is_damaged || m.line.empty()));
    if (!m.line.empty())
      lines.emplace_back(m.line);
  }
  return lines;
}

using list = std::vector<std::string>;

std::string bare(const std::string& line) {
  return line.substr(0, line.size() - 1);
}

TEST_CASE("framing: a last line that lacks its line feed is one line, whatever stands before it") {
  CHECK(lines_of(bare(framed(a))) == list{bare(a)});
  CHECK(lines_of(bare(framed(a)), 1) == list{bare(a)});
  CHECK(lines_of(framed(b) + bare(framed(a))) == list{bare(a)});
  CHECK(lines_of(framed(a).substr(0, framed(a).size() - 2)).empty());
  CHECK(lines_of(bare(framed(line_of("app", "web.1", "two\nlines")))).empty());
}

TEST_CASE("framing: lines that all lack their line feeds are apart") {
  const std::string glued = bare(framed(a)) + bare(framed(b)) + bare(framed(c));
  CHECK(lines_of(glued) == list{bare(a), bare(b), bare(c)});
  CHECK(lines_of(glued, 3) == list{bare(a), bare(b), bare(c)});
  CHECK(steps_of(glued) == steps{{bare(framed(a)), true}, {bare(framed(b)), true}, {bare(framed(c)), true}});
}

TEST_CASE("framing: a wrong count does not hide the line behind it") {
  for (const std::string count : {"0", "007", "300", "222", "12345678901234567890", "20"}) {
    CAPTURE(count);
    const std::string damaged = count + " ";
    CHECK(lines_of(framed(b) + damaged + a + framed(c)) == list{a});
  }
  for (const std::string count : {"300 ", "222 ", "20 "})
    CHECK(lines_of(count + a + count + b + count + c, 3) == list{a, b, c});
  CHECK(lines_of("x " + a).empty());
  CHECK(lines_of("300 " + bare(a) + "\n" + "and more\n").empty());
}

TEST_CASE("framing: a body holds frames if one can be found in it") {
  CHECK(framing::holds_frames(framed(a)));
  CHECK(framing::holds_frames("junk\n" + framed(a)));
  CHECK_FALSE(framing::holds_frames(a));
  CHECK_FALSE(framing::holds_frames(""));
  CHECK_FALSE(framing::holds_frames("12 apples"));
}

} // namespace
} // namespace parseflow::logplex
