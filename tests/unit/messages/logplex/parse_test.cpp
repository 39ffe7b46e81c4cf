// Whole bodies in every accepted format.
#include "messages/logplex/parse.hpp"

#include <doctest/doctest.h>

#include <string>

#include "messages/logplex/timestamp_text.hpp"
#include "tests/unit/messages/logplex/compose.hpp"
#include "tests/unit/messages/logplex/samples.hpp"

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
  CHECK_FALSE(read(body).framing.has_count_mismatch);
  CHECK_FALSE(read(body, 2).framing.has_count_mismatch);
  CHECK(read(body, 1).framing.has_count_mismatch);
  CHECK(read(body, 3).framing.has_count_mismatch);
  CHECK(read(body, 3).framing.lines == 2);
  CHECK_FALSE(read("", 0).framing.has_count_mismatch);
  CHECK(read("", 1).framing.has_count_mismatch);
}

TEST_CASE("parse: a line whose header does not parse is kept raw") {
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
  CHECK(body.lines[2].text == "b");
  CHECK(body.lines[2].kind == line_kind::text);
  CHECK(body.lines[3].text == "15 <190>1");
  CHECK(body.framing.malformed == 2);
  CHECK(body.framing.miscounted == 1);
}

TEST_CASE("parse: a line whose count is wrong is what its header says, and the damage is counted") {
  const std::string router = line_of("heroku", "router", router_text);
  const std::string loss = line_of("heroku", "logplex",
                                   "Error L10 (output buffer overflow): 7 messages dropped since "
                                   "2026-03-02T14:06:58+00:00.");
  const auto all_wrong = read("300 " + router + "300 " + loss + "300 " + line_of("app", "web.1", "x"), 3);
  CHECK(all_wrong.requests.size() == 1);
  REQUIRE(all_wrong.lines.size() == 2);
  CHECK(all_wrong.lines[0].kind == line_kind::loss);
  CHECK(all_wrong.lines[0].number == 7);
  CHECK(all_wrong.lines[1].text == "x");
  CHECK(all_wrong.framing.lines == 3);
  CHECK(all_wrong.framing.malformed == 0);
  CHECK(all_wrong.framing.miscounted == 3);
  CHECK_FALSE(all_wrong.framing.has_count_mismatch);
}

TEST_CASE("parse: a last line that lost its line feed is what its header says") {
  const std::string router = line_of("heroku", "router", router_text);
  const std::string cut = framed(router).substr(0, framed(router).size() - 1);
  for (const std::string& before :
       {std::string(), frame_of("app", "web.1", "a"), std::string(samples::l10)}) {
    const auto body = read(before + cut);
    REQUIRE(body.requests.size() == 1);
    CHECK(body.requests[0].text == router_text);
    CHECK(body.framing.malformed == 0);
    CHECK(body.framing.miscounted == 1);
  }
  // If more is missing, the last values may be cut, too.
  const auto body = read(cut.substr(0, cut.size() - 1));
  CHECK(body.requests.empty());
  CHECK(body.framing.malformed == 1);
}

TEST_CASE("parse: a saved log whose line feeds a tool took out is as many lines as it was") {
  const std::string one = "2025-07-19T10:02:03.123456+00:00 heroku[router]: " + router_text;
  const std::string two = "2025-07-19T10:02:04+00:00 app[web.1]: POST /checkout by a-b-c";
  const std::string three = "2025-07-19T10:02:05.1+00:00 heroku[web.1]: State changed from up to crashed";
  for (const std::string end : {"", "\n"}) {
    const auto body = read(one + two + three + one + end);
    CHECK(body.framing.lines == 4);
    CHECK(body.framing.malformed == 0);
    REQUIRE(body.requests.size() == 2);
    CHECK(body.requests[0].text == router_text);
    REQUIRE(body.lines.size() == 2);
    CHECK(body.lines[0].text == "POST /checkout by a-b-c");
    CHECK(body.lines[1].subject == "crashed");
  }
  CHECK(read("saved" + one + two).framing.lines == 3);
  // An app may write anything into a line of its own.
  const auto apart = read("2025-07-19T10:02:05Z app[web.1]: said " + one + "\n" + two + "\n");
  CHECK(apart.requests.empty());
  CHECK(apart.framing.lines == 2);
  CHECK(read(frame_of("app", "web.1", one + two)).framing.lines == 1);
  CHECK(read(line_of("app", "web.1", one + two)).framing.lines == 1);
}

TEST_CASE("parse: a line whose date is far off is dated by its arrival") {
  const auto at = [](const std::string& time) {
    const auto body = read(framed("<190>1 " + time + " host app web.1 - count#a=1\n") +
                           framed("<158>1 " + time + " host heroku router - " + router_text + "\n"));
    REQUIRE(body.requests.size() == 1);
    REQUIRE(body.lines.size() == 1);
    REQUIRE(body.samples.size() == 1);
    CHECK(body.lines[0].at == body.requests[0].at);
    CHECK(body.samples[0].at == body.requests[0].at);
    return body.requests[0].at;
  };
  for (const std::string time : {"1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
                                 "2026-03-03T15:00:01Z", "2036-03-02T14:07:31Z", "9999-12-31T23:59:59Z"}) {
    CAPTURE(time);
    CHECK(at(time) == now);
  }
  for (const std::string time :
       {"2000-01-01T00:00:00Z", "2024-03-02T14:07:31Z", "2026-03-03T15:00:00Z", "2026-02-20T14:07:31Z"}) {
    CAPTURE(time);
    timestamp written{};
    timestamp_reader().read(time, written);
    CHECK(at(time) == written);
  }
}

TEST_CASE("parse: what the CLI and old drains write of the API is the API's") {
  const auto body = read("2026-03-02T14:07:31Z heroku[api]: Release v1 created by dev@example.com\n"
                         "2026-03-02T14:07:31Z heroku[api]: Deploy ea2d751 by dev@example.com\n");
  REQUIRE(body.lines.size() == 2);
  CHECK(body.lines[0].kind == line_kind::release);
  CHECK(body.lines[1].kind == line_kind::deploy);
}

TEST_CASE("parse: CR LF ends a counted line of every kind, and blanks behind it change nothing") {
  struct wanted {
    std::string_view source, proc, text;
    line_kind kind;
    severity level;
  };
  for (const auto& sent :
       {wanted{"app", "web.1", "msg=\"db down\" level=error", line_kind::logfmt, severity::error},
        wanted{"app", "web.1", R"({"level":"error"})", line_kind::json, severity::error},
        wanted{"app", "web.1", "ERROR", line_kind::text, severity::error},
        wanted{"heroku", "web.1", "State changed from up to crashed", line_kind::state_change,
               severity::error},
        wanted{"heroku", "web.1", "Error R14 (Memory quota exceeded)", line_kind::dyno_error,
               severity::error},
        wanted{"heroku", "web.1", "source=web.1 sample#memory_rss=1.5MB", line_kind::runtime_metrics,
               severity::none},
        wanted{"app", "api", "Build failed", line_kind::build, severity::error},
        wanted{"app", "heroku-redis", "source=REDIS sample#load-avg-1m=0.5", line_kind::addon_metrics,
               severity::none},
        wanted{"app", "postgres.1", "[DATABASE] [18-1]  sql_error_code = 22012 ERROR:  x",
               line_kind::postgres_log, severity::error},
        wanted{"app", "postgres.1", "[DATABASE] [18-2]", line_kind::postgres_log, severity::none},
        wanted{"heroku", "logplex", "Error L10 (output buffer overflow): 7 messages dropped", line_kind::loss,
               severity::warning}})
    for (const std::string end : {"\r", " ", " \r", "\t", "\t\r"}) {
      CAPTURE(sent.text);
      const auto body = read(frame_of(sent.source, sent.proc, std::string(sent.text) + end), 1);
      const auto plain = read(frame_of(sent.source, sent.proc, sent.text), 1);
      REQUIRE(body.lines.size() == 1);
      const std::string_view kept =
          end.ends_with('\r') ? std::string_view(end).substr(0, end.size() - 1) : end;
      CHECK(body.lines[0].text == std::string(sent.text) + std::string(kept));
      CHECK(body.lines[0].kind == sent.kind);
      CHECK(body.lines[0].level == sent.level);
      CHECK(body.lines[0].subject == plain.lines[0].subject);
      CHECK(body.lines[0].number == plain.lines[0].number);
      REQUIRE(body.samples.size() == plain.samples.size());
      for (std::size_t i = 0; i < body.samples.size(); ++i) {
        CHECK(body.samples[i].value == plain.samples[i].value);
        CHECK(body.samples[i].unit == plain.samples[i].unit);
      }
    }
  for (const std::string end : {"\r", " ", "\t\r"}) {
    const auto body = read(frame_of("heroku", "router", router_text + end), 1);
    REQUIRE(body.requests.size() == 1);
    CHECK(body.requests[0].protocol == "https");
    CHECK_FALSE(body.requests[0].has_extra);
  }
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
  CHECK(body.framing.has_count_mismatch);
  CHECK(keep_raw("", {}).lines.empty());
}

} // namespace
} // namespace parseflow::logplex
