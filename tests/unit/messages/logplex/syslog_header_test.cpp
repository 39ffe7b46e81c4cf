// The header of a line, in both structured-data modes and in the format of `heroku logs`.
#include "messages/logplex/syslog_header.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace parseflow::logplex {
namespace {

const timestamp now{std::chrono::hours{42}};

std::optional<header> header_of(std::string_view text, structured_data mode = structured_data::absent) {
  header_reader reader(mode, now);
  header h;
  return reader.read_line(text, h) ? std::optional(h) : std::nullopt;
}

std::optional<header> shown(std::string_view text) {
  header_reader reader(structured_data::absent, now);
  header h;
  return reader.read_shown(text, h) ? std::optional(h) : std::nullopt;
}

const std::string start = "<190>1 2026-03-02T14:07:31.640001+00:00 host app web.1 -";

TEST_CASE("header: source, process and text are found") {
  const std::string line = start + " cache warmed in 41ms";
  const auto h = header_of(line);
  REQUIRE(h);
  CHECK(h->source == "app");
  CHECK(h->proc == "web.1");
  CHECK(h->text == "cache warmed in 41ms");
  CHECK(h->at.time_since_epoch().count() == 1772460451640001);
}

TEST_CASE("header: an empty text may lack its space") {
  REQUIRE(header_of(start));
  CHECK(header_of(start)->text.empty());
  const std::string with_space = start + " ";
  REQUIRE(header_of(with_space));
  CHECK(header_of(with_space)->text.empty());
}

TEST_CASE("header: without structured data, a dash or a bracket begins the text") {
  CHECK(header_of(start + " - item one")->text == "- item one");
  CHECK(header_of(start + " [a b=\"c\"] x")->text == "[a b=\"c\"] x");
}

TEST_CASE("header: with structured data, nil and elements are taken off") {
  const auto text_of = [](const std::string& rest) {
    return std::string(header_of(start + rest, structured_data::present)->text);
  };
  CHECK(text_of(" - - started request") == "- started request");
  CHECK(text_of(" - started") == "started");
  CHECK(text_of(" -") == "");
  CHECK(text_of(" - ") == "");
  CHECK(text_of("") == "");
  CHECK(text_of(R"( [a b="c"] x)") == "x");
  CHECK(text_of(R"( [a b="c"][d e="f"])") == "");
  CHECK(text_of(R"( [a b="\"\\\]]"] x)") == "x");
  CHECK(text_of(" -x") == "-x");
  CHECK(text_of(" [open") == "[open");
  CHECK(text_of(" [a]x") == "[a]x");
  CHECK(text_of(" text") == "text");
}

TEST_CASE("header: PRI is 0 to 191") {
  const std::string rest = ">1 2026-03-02T14:07:31Z host app web.1 - x";
  for (const std::string pri : {"0", "7", "45", "191"})
    CHECK(header_of("<" + pri + rest));
  for (const std::string pri : {"", "192", "999", "1900", "00", "045", "-1", "4x", " 45"}) {
    CAPTURE(pri);
    CHECK_FALSE(header_of("<" + pri + rest));
  }
}

TEST_CASE("header: a nil timestamp is the time of receipt") {
  REQUIRE(header_of("<45>1 - host heroku web.1 - x"));
  CHECK(header_of("<45>1 - host heroku web.1 - x")->at == now);
}

TEST_CASE("header: a line cut anywhere before its MSGID has no header") {
  for (std::size_t n = 0; n < start.size(); ++n) {
    CAPTURE(n);
    CHECK_FALSE(header_of(start.substr(0, n)));
  }
}

TEST_CASE("header: other versions, empty fields and foreign formats are refused") {
  CHECK_FALSE(header_of("<45>2 2026-03-02T14:07:31Z host app web.1 - x"));
  CHECK_FALSE(header_of("<45>1 2026-03-02T14:07:31Z  app web.1 - x"));
  CHECK_FALSE(header_of("<45>1 2026-03-02T14:07:31Z host  web.1 - x"));
  CHECK_FALSE(header_of("<45>1 2026-03-02T14:07:31Z host app web.1  x"));
  CHECK_FALSE(header_of("<45>Mar  2 14:07:31 host app[12]: x"));
}

TEST_CASE("header: a line of heroku logs has source and process in brackets") {
  const auto h = shown("2025-07-19T10:02:03.123456+00:00 heroku[router]: at=info");
  REQUIRE(h);
  CHECK(h->source == "heroku");
  CHECK(h->proc == "router");
  CHECK(h->text == "at=info");
  CHECK(shown("2025-07-19T10:02:03Z app[web.1]:")->text.empty());
  CHECK(shown("2025-07-19T10:02:03Z app[web.1]:  x")->text == " x");
}

TEST_CASE("header: a line of heroku logs may have any of the times that tools print") {
  for (const std::string time :
       {"2025-07-19T10:02:03.320", "2025-07-19 10:02:03", "2025-07-19T10:02:03+0000",
        "2025-07-19 10:02:03+00:00", "2025-07-19 10:02:03 +0000", "2025-07-19 10:02:03 UTC"}) {
    CAPTURE(time);
    const std::string line = time + " heroku[scheduler.9593]: Error R14 (Memory quota exceeded)";
    const auto h = shown(line);
    REQUIRE(h);
    CHECK(h->source == "heroku");
    CHECK(h->proc == "scheduler.9593");
    CHECK(h->text == "Error R14 (Memory quota exceeded)");
    CHECK(std::chrono::floor<std::chrono::seconds>(h->at).time_since_epoch().count() == 1752919323);
    const std::string counted = "<45>1 " + time + " host heroku web.1 - x";
    CHECK(header_of(counted).value().text == "x");
  }
}

TEST_CASE("header: the next line of heroku logs is found in a text") {
  const std::string line = "2025-07-19T10:02:03Z app[web.1]: x";
  header_reader reader(structured_data::absent, now);
  CHECK(reader.find_shown(line, 0) == 0);
  CHECK(reader.find_shown(line, 1) == std::string::npos);
  CHECK(reader.find_shown("bytes=1548" + line, 0) == 10);
  CHECK(reader.find_shown("a-b-c 2025-07-19 x[y " + line, 0) == 21);
  CHECK(reader.find_shown("", 0) == std::string::npos);
  CHECK(reader.find_shown("-", 7) == std::string::npos);
}

TEST_CASE("header: what is no line of heroku logs is refused") {
  for (const std::string_view text :
       {"", "2025-07-19T10:02:03Z", "2025-07-19T10:02:03Z app", "2025-07-19T10:02:03Z [web.1]: x",
        "2025-07-19T10:02:03Z app[]: x", "2025-07-19T10:02:03Z app[web.1] x",
        "2025-07-19T10:02:03Z app[web 1]: x", "2025-07-19T10:02:03Z a b[web.1]: x",
        "2025-07-19 app[web.1]: x", "2025-07-19T10:02:03Z app[web.1"}) {
    CAPTURE(text);
    CHECK_FALSE(shown(text));
  }
}

TEST_CASE("header: a long text changes nothing about what is accepted") {
  const std::string text = "- x" + std::string(100, 'y');
  const std::string time = "2026-03-02T14:07:31.640001+00:00";
  const auto accepts = [&](const std::string& head) {
    const std::string line = head + text;
    const auto h = header_of(line);
    CHECK(h.has_value() == header_of(head).has_value());
    if (h) {
      CHECK(h->source == "app");
      CHECK(h->proc == "web.1");
      CHECK(h->text == text);
    }
    return h.has_value();
  };
  for (const std::string pri : {"0", "7", "10", "45", "99", "100", "190", "191"})
    CHECK(accepts("<" + pri + ">1 " + time + " host app web.1 - "));
  for (const std::string pri : {"192", "199", "200", "999", "00", "01", "045", "4x", "x4", "19x", "1x0",
                                "19:", "1900", "", "/0", "1/0"}) {
    CAPTURE(pri);
    CHECK_FALSE(accepts("<" + pri + ">1 " + time + " host app web.1 - "));
  }
  for (const std::string rest : {"  app web.1 - ", " host  web.1 - ", " host app  - ", " host app web.1  ",
                                 "host app web.1 - ", "x host app web.1 - "}) {
    CAPTURE(rest);
    CHECK_FALSE(accepts("<45>1 " + time + rest));
  }
  CHECK_FALSE(accepts("<45>2 " + time + " host app web.1 - "));
  CHECK_FALSE(accepts("<45>1" + time + " host app web.1 - "));
  CHECK_FALSE(accepts("x45>1 " + time + " host app web.1 - "));
  CHECK(accepts("<45>1 " + time + " a-host-name-longer-than-thirty-two-bytes app web.1 - "));
}

TEST_CASE("header: empty words are refused wherever the last word ends") {
  const std::string start_of_line = "<45>1 2026-03-02T14:07:31.640001+00:00 ";
  const std::string text = " text with  two spaces" + std::string(64, 'y');
  const std::string line = start_of_line + "h app web.1 -" + text;
  REQUIRE(header_of(line));
  CHECK(header_of(line)->text == text.substr(1));
  const std::string two_spaces = start_of_line + "h app web.1 -  x" + text;
  REQUIRE(header_of(two_spaces));
  CHECK(header_of(two_spaces)->text == " x" + text);
}

} // namespace
} // namespace parseflow::logplex
