// Whole bodies, in every form that is accepted.
#include "messages/logplex/parse.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/logplex/compose.hpp"

namespace parseflow::logplex {
namespace {

constexpr timestamp now = received_at;

const std::string router_text =
    "at=info method=GET path=\"/x\" host=myapp.herokuapp.com request_id=req-1 fwd=\"203.0.113.9\" "
    "dyno=web.1 connect=1ms service=20ms status=200 bytes=300 protocol=https";

void check_router(const parsed_body& body) {
  REQUIRE(body.requests.size() == 1);
  CHECK(body.lines.empty());
  CHECK(body.requests[0].path == "/x");
  CHECK(body.requests[0].service_ms == 20);
  CHECK(body.requests[0].protocol == "https");
  CHECK(body.requests[0].text == router_text);
  CHECK(body.framing.lines == 1);
  CHECK(body.framing.malformed == 0);
}

TEST_CASE("parse: a frame with a router line is a request") {
  check_router(read(frame_of("heroku", "router", router_text)));
}

TEST_CASE("parse: a syslog line without a count is accepted, with and without line feed") {
  const std::string line = "<158>1 2025-03-18T07:42:05.674768+00:00 host heroku router - " + router_text;
  check_router(read(line));
  check_router(read(line + "\n"));
  check_router(read(line + "\r\n"));
}

TEST_CASE("parse: what heroku logs prints is accepted, with and without line feed") {
  const std::string line = "2025-07-19T10:02:03.123456+00:00 heroku[router]: " + router_text;
  check_router(read(line));
  check_router(read(line + "\n\n"));
  CHECK(read(line).requests[0].at.time_since_epoch().count() == 1752919323123456);
}

TEST_CASE("parse: several lines without counts, and what is between them") {
  const auto body = read("2025-07-19T10:02:03Z app[web.1]: one\n"
                         "  at somewhere\n"
                         "  at elsewhere\n"
                         "\n"
                         "<190>1 2025-07-19T10:02:04Z host app web.1 - two\n"
                         "2025-07-19T10:02:05Z app[web.1]: three\n"
                         "2025 was a good year\n");
  REQUIRE(body.lines.size() == 5);
  CHECK(body.lines[0].text == "one");
  CHECK(body.lines[1].text == "  at somewhere\n  at elsewhere\n");
  CHECK(body.lines[1].kind == line_kind::malformed);
  CHECK(body.lines[1].at == now);
  CHECK(body.lines[2].text == "two");
  CHECK(body.lines[3].text == "three");
  CHECK(body.lines[4].text == "2025 was a good year");
  CHECK(body.framing.lines == 5);
  CHECK(body.framing.malformed == 2);
}

TEST_CASE("parse: lines that are not router lines are kept with source and process") {
  const auto body = read(frame_of("app", "web.1", "hello") +
                         frame_of("heroku", "web.1", "State changed from starting to up"));
  REQUIRE(body.lines.size() == 2);
  CHECK(body.requests.empty());
  CHECK(body.lines[0].source == "app");
  CHECK(body.lines[0].proc == "web.1");
  CHECK(body.lines[0].text == "hello");
  CHECK(body.lines[1].source == "heroku");
}

TEST_CASE("parse: an app line that imitates a router line stays a line") {
  const auto body = read(frame_of("app", "router", router_text) + frame_of("app", "web.1", router_text));
  CHECK(body.requests.empty());
  REQUIRE(body.lines.size() == 2);
  CHECK(body.lines[0].text == router_text);
}

TEST_CASE("parse: only the platform's own words make platform lines") {
  const auto body = read(
      frame_of("token", "api", "Release v87 created by user dev@example.com") +
      frame_of("token", "postgres.1", "[DATABASE] [18-1] x") + frame_of("App", "api", "Deploy x by user y") +
      frame_of("app", "log-shuttle", "Error L12: 222 messages dropped since 2026-03-02T14:06:58+00:00") +
      frame_of("Heroku", "router", router_text));
  REQUIRE(body.lines.size() == 5);
  for (const log_record& line : body.lines)
    CHECK((line.kind == line_kind::text || line.kind == line_kind::logfmt));
}

TEST_CASE("parse: what else the router says is a line") {
  const auto body = read(frame_of("heroku", "router", "restarting"));
  CHECK(body.requests.empty());
  REQUIRE(body.lines.size() == 1);
  CHECK(body.lines[0].text == "restarting");
  CHECK(body.framing.lines == 1);
}

TEST_CASE("parse: the announced number of lines is a check, not a rule") {
  const std::string body = frame_of("app", "web.1", "a") + frame_of("heroku", "router", router_text);
  CHECK_FALSE(read(body).framing.count_mismatch);
  CHECK_FALSE(read(body, 2).framing.count_mismatch);
  CHECK(read(body, 1).framing.count_mismatch);
  CHECK(read(body, 3).framing.count_mismatch);
  CHECK(read(body, 3).framing.lines == 2);
  CHECK_FALSE(read("", 0).framing.count_mismatch);
  CHECK(read("", 1).framing.count_mismatch);
}

TEST_CASE("parse: a message whose header does not parse is kept raw") {
  const auto body = read(frame_of("app", "web.1", "a") + framed("<34>Oct 11 22:14:15 mymachine su: x\n") +
                         frame_of("app", "web.1", "b"));
  REQUIRE(body.lines.size() == 3);
  CHECK(body.lines[1].kind == line_kind::malformed);
  CHECK(body.lines[1].text == "<34>Oct 11 22:14:15 mymachine su: x");
  CHECK(body.lines[1].at == now);
  CHECK(body.lines[1].source.empty());
  CHECK(body.framing.lines == 3);
  CHECK(body.framing.malformed == 1);
}

TEST_CASE("parse: damage costs only the damaged frame") {
  const auto body =
      read("garbage\n" + frame_of("app", "web.1", "a") + "9999 " + line_of("app", "web.1", "b") +
           frame_of("heroku", "router", router_text) + "15 <190>1");
  CHECK(body.requests.size() == 1);
  REQUIRE(body.lines.size() == 4);
  CHECK(body.lines[0].text == "garbage\n");
  CHECK(body.lines[1].text == "a");
  CHECK(body.lines[2].text == "9999 " + line_of("app", "web.1", "b"));
  CHECK(body.lines[3].text == "15 <190>1");
  CHECK(body.framing.malformed == 3);
}

TEST_CASE("parse: garbage is one malformed line") {
  for (const std::string text : {"x", "hello world", "{\"json\": true}", "404 not found\nat all\n", "<<<<",
                                 "<\n<\n<\n<", "2025-\n2025-\n", "\r\n\n x", "7 <", "99999999 <1>1 "}) {
    CAPTURE(text);
    const auto body = read(text);
    CHECK(body.requests.empty());
    REQUIRE(body.lines.size() == 1);
    CHECK(body.lines[0].kind == line_kind::malformed);
    CHECK(body.lines[0].at == now);
    CHECK(body.framing.lines == 1);
    CHECK(body.framing.malformed == 1);
  }
}

TEST_CASE("parse: an empty body, or one of blank lines, has no lines") {
  for (const std::string text : {"", "\n", "\r\n\r\n"}) {
    CHECK(read(text).lines.empty());
    CHECK(read(text).framing.lines == 0);
  }
}

TEST_CASE("parse: structured data is text or not, as the request says") {
  const std::string line = frame_of("token", "web.1", "- started request");
  CHECK(read(line).lines.at(0).text == "- started request");
  CHECK(read(line, frame::no_count, structured_data::present).lines.at(0).text == "started request");
}

TEST_CASE("keep raw: the whole body is one malformed line") {
  const std::string bytes = frame_of("app", "web.1", "a") + frame_of("app", "web.1", "b");
  const auto body = keep_raw(bytes, {structured_data::absent, 2, now});
  REQUIRE(body.lines.size() == 1);
  CHECK(body.lines[0].text == bytes);
  CHECK(body.lines[0].kind == line_kind::malformed);
  CHECK(body.lines[0].at == now);
  CHECK(body.framing.lines == 1);
  CHECK(body.framing.malformed == 1);
  CHECK(body.framing.count_mismatch);
  CHECK(keep_raw("", {}).lines.empty());
}

} // namespace
} // namespace parseflow::logplex
