// Lines of the app: JSON, logfmt, plain text and their severity; also lines of its Postgres.
#include "messages/logplex/app_line.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "messages/logplex/json_text.hpp"
#include "messages/logplex/postgres_line.hpp"
#include "messages/logplex/severity_text.hpp"

namespace parseflow::logplex {
namespace {

using namespace std::string_view_literals;

log_record app(std::string_view text) {
  log_record line;
  line.text = text;
  read_app_line(line);
  return line;
}

bool is_json(std::string_view text) {
  severity level;
  return read_json(text, level);
}

TEST_CASE("app line: JSON objects") {
  for (const std::string_view text :
       {"{}", " { } ", R"({"a":1})", R"({"a":{"b":[1,2,{"c":null}],"d":[]},"e":"\"\\\u00e9"})",
        R"({"a":-0.5e+10,"b":true,"c":false})", R"({ "a" : [ ] , "b" : { } })",
        "{\"a\":\"\xff\xfe and \xc3\"}"}) {
    CAPTURE(text);
    CHECK(is_json(text));
    CHECK(app(text).kind == (text[0] == '{' ? line_kind::json : line_kind::text));
  }
}

TEST_CASE("app line: what only looks like JSON is text") {
  for (const std::string_view text : {"",
                                      "{",
                                      "}",
                                      "[1]",
                                      "1",
                                      R"({"a":1)",
                                      R"({"a":1}})",
                                      R"({"a":1} x)",
                                      R"({"a"})",
                                      R"({"a":})",
                                      R"({"a":1,})",
                                      R"({a:1})",
                                      R"({"a":01})",
                                      R"({"a":1.})",
                                      R"({"a":.5})",
                                      R"({"a":+1})",
                                      R"({"a":1e})",
                                      R"({"a":nul})",
                                      R"({"a":"b)",
                                      R"({"a":"\x"})",
                                      R"({"a":"\u12g4"})",
                                      R"({"a":"\)",
                                      "{\"a\":\"\n\"}",
                                      R"({"a":[1,]})",
                                      R"({"a":[1}})",
                                      R"({"a":{"b":1]})",
                                      R"({"a" 1})",
                                      R"({,})",
                                      R"({"a":1 "b":2})",
                                      R"({"a":-})"}) {
    CAPTURE(text);
    CHECK_FALSE(is_json(text));
    CHECK(app(text).kind == line_kind::text);
  }
}

TEST_CASE("app line: JSON nests up to 64 deep") {
  const auto nested = [](int depth) {
    std::string text = "{\"a\":";
    for (int i = 1; i < depth; ++i)
      text += '[';
    text += '1';
    for (int i = 1; i < depth; ++i)
      text += ']';
    return text + '}';
  };
  CHECK(is_json(nested(64)));
  CHECK_FALSE(is_json(nested(65)));
}

TEST_CASE("app line: the level of JSON is the outermost one, in words or numbers") {
  CHECK(app(R"({"level":"warn","x":{"level":"error"}})").level == severity::warning);
  CHECK(app(R"({"x":{"level":"error"}})").level == severity::none);
  CHECK(app(R"({"x":[{"level":"error"}],"severity":"CRITICAL"})").level == severity::fatal);
  CHECK(app(R"({"log.level":"debug"})").level == severity::debug);
  CHECK(app(R"({"level":50,"msg":"x"})").level == severity::error);
  CHECK(app(R"({"level":5})").level == severity::none);
  CHECK(app(R"({"level":["error"]})").level == severity::none);
  CHECK(app(R"({"level":{"level":"error"}})").level == severity::none);
  CHECK(app(R"({"level":null,"msg":"ERROR"})").level == severity::none);
}

TEST_CASE("app line: JSON names its level by each framework's key, in words, numbers and colours") {
  for (const std::string_view text : {R"({"message":"m","context":{},"level":400,"level_name":"ERROR"})",
                                      R"({"level_name":"ERROR"})",
                                      R"({"log":{"level":"error"}})",
                                      R"({"a":1,"log":{"logger":"x","level":"error"},"message":"m"})",
                                      R"({"log.level":"error"})",
                                      R"({"lvl":"error"})",
                                      R"({"level":"50"})",
                                      R"({"level":50,"time":1795721400123})",
                                      R"({"levelname":"ERROR"})",
                                      R"({"@l":"Error"})",
                                      R"({"Level":"Error"})",
                                      R"({"@level":"error"})",
                                      R"({"logLevel":"ERROR"})",
                                      R"({"severity":"ERROR"})",
                                      R"({"severity_text":"ERROR"})",
                                      R"({"severityText":"ERROR"})",
                                      R"({"level":"eror"})",
                                      R"({"level":" ERROR "})",
                                      R"({"message":"x","level":"\u001b[31merror\u001b[39m"})",
                                      R"({"level":"error","severity":"info"})"}) {
    CAPTURE(text);
    CHECK(app(text).kind == line_kind::json);
    CHECK(app(text).level == severity::error);
  }
  for (const std::string_view text :
       {R"({"log":["level","error"]})", R"({"log":[{"level":"error"}]})",
        R"({"x":{"log":{"level":"error"}}})", R"({"log":"x","y":{"level":"error"}})", R"({"l":"error"})",
        R"({"error.level":"error"})", R"({"levels":"error"})", R"({"level":true})", R"({"level":5000})",
        R"({"level":""})"}) {
    CAPTURE(text);
    CHECK(app(text).kind == line_kind::json);
    CHECK(app(text).level == severity::none);
  }
}

TEST_CASE("app line: logfmt names its level by each framework's key, between any blanks and in colours") {
  for (const std::string_view text :
       {"lvl=eror msg=x", "level=error\tmsg=\"disk full\"\tdisk=/dev/sda", "\tlevel=error msg=x ",
        "msg=\"db down\" level=error\r", "level=error, msg=\"disk full\", disk=/dev/sda",
        "a=1 log.level=ERROR", "a=1 level_name=ERROR", "\x1b[36mlevel\x1b[0m=error \x1b[36mmsg\x1b[0m=x",
        "\x1b[36mlevel=\x1b[0merror \x1b[36mmsg=\x1b[0mx", "level=\x1b[31merror\x1b[0m msg=x",
        "level=50 msg=x", "level=error msg=\"level=info\"", "level=error a=1 level=info"}) {
    CAPTURE(text);
    CHECK(app(text).kind == line_kind::logfmt);
    CHECK(app(text).level == severity::error);
  }
}

TEST_CASE("app line: two pairs are logfmt, one is not") {
  CHECK(app("level=warn msg=\"slow upstream\"").kind == line_kind::logfmt);
  CHECK(app("level=warn msg=\"slow upstream\"").level == severity::warning);
  CHECK(app("did it a=1 then b=2").kind == line_kind::logfmt);
  CHECK(app("lvl=err a=1").level == severity::error);
  CHECK(app("a=1 severity=info").level == severity::info);
  CHECK(app("level=error").kind == line_kind::text);
  CHECK(app("level=error").level == severity::none);
  CHECK(app("where a = b and c = d").kind == line_kind::text);
  CHECK(app(R"(Parameters: {"a"=>"b", "c"=>"d"})").kind == line_kind::text);
  CHECK(app("ERROR a=1 b=2").level == severity::error);
  CHECK(app(R"({"level":"err a=1 b=2)").kind == line_kind::logfmt);
}

TEST_CASE("app line: the first word of plain text gives its severity") {
  CHECK(app("ERROR cannot connect").level == severity::error);
  CHECK(app("[warn] slow").level == severity::warning);
  CHECK(app("<INFO> x").level == severity::info);
  CHECK(app("Error: undefined is not a function").level == severity::error);
  CHECK(app("warning: deprecated").level == severity::warning);
  CHECK(app("FATAL").level == severity::fatal);
  CHECK(app("E, [2026-03-02T14:07:31 #4] ERROR -- : x").level == severity::error);
  CHECK(app("I, [2026").level == severity::info);
  CHECK(app("Information about x").level == severity::none);
  CHECK(app("Error handling was improved").level == severity::none);
  CHECK(app("ERRORS: 5").level == severity::none);
  CHECK(app("I, robot").level == severity::none);
  CHECK(app("[warn slow").level == severity::none);
  CHECK(app("").level == severity::none);
}

TEST_CASE("severity: names in any case, and numbers") {
  CHECK(severity_named("WaRnInG") == severity::warning);
  CHECK(severity_named("critical") == severity::fatal);
  CHECK(severity_named("in") == severity::none);
  CHECK(severity_named("Informational") == severity::info);
  CHECK(severity_named("informationally") == severity::none);
  CHECK(severity_named("inf\0"sv) == severity::none);
  CHECK(severity_numbered(10) == severity::debug);
  CHECK(severity_numbered(30) == severity::info);
  CHECK(severity_numbered(40) == severity::warning);
  CHECK(severity_numbered(60) == severity::fatal);
  CHECK(severity_numbered(61) == severity::none);
  CHECK(severity_numbered(9) == severity::none);
  CHECK(severity_numbered(100) == severity::debug);
  CHECK(severity_numbered(250) == severity::info);
  CHECK(severity_numbered(300) == severity::warning);
  CHECK(severity_numbered(400) == severity::error);
  CHECK(severity_numbered(550) == severity::fatal);
  CHECK(severity_numbered(601) == severity::none);
}

TEST_CASE("app line: reading takes time in proportion to the text") {
  std::string text = "{";
  while (text.size() < 1'000'000)
    text += R"("a":"\\\"b" )";
  const auto start = std::chrono::steady_clock::now();
  CHECK(app(text).kind != line_kind::json);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{2});
}

TEST_CASE("postgres line: database, numbers, code, level and text") {
  postgres_line line;
  REQUIRE(read_postgres_line("[DATABASE] [18-2]  sql_error_code = 23505 ERROR:  duplicate key", line));
  CHECK(line.database == "DATABASE");
  CHECK(line.line == 18);
  CHECK(line.part == 2);
  CHECK(line.sql_error_code == "23505");
  CHECK(line.level == severity::error);
  CHECK(line.text == "sql_error_code = 23505 ERROR:  duplicate key");
  REQUIRE(read_postgres_line("[TEAL] [18-3] FROM orders", line));
  CHECK(line.text == "FROM orders");
  CHECK(line.sql_error_code.empty());
  CHECK(line.level == severity::none);
}

TEST_CASE("postgres line: a part without text, not even a space") {
  postgres_line line;
  REQUIRE(read_postgres_line("[DATABASE] [18-2]", line));
  CHECK(line.text.empty());
  REQUIRE(read_postgres_line("[DATABASE] [18-2]  ", line));
  CHECK(line.text.empty());
}

severity level_of(const std::string& text) {
  postgres_line line;
  REQUIRE(read_postgres_line("[DATABASE] " + text, line));
  return line.level;
}

TEST_CASE("postgres line: the level stands behind the pairs, if there are any") {
  const std::string pairs =
      "[65-1]  sql_error_code = 22012 time_ms = \"2026-11-26 19:30:00.325 UTC\" pid=\"2539221\" "
      "proc_start_time=\"2026-11-26 19:14:17 UTC\" session_id=\"66cce219.26bed5\" vtid=\"5/4552982\" "
      "tid=\"0\" log_line=\"21\" ";
  const std::string client = "database=\"d0example\" connection_source=\"198.51.100.12(17504)\" "
                             "user=\"u0example\" application_name=";
  CHECK(level_of(pairs + client + "\"psql\" ERROR:  division by zero") == severity::error);
  CHECK(level_of(pairs + client + "\"psql\" FATAL:  terminating connection") == severity::fatal);
  CHECK(level_of(pairs + client + "\"\" LOG:  duration: 2143.552 ms  statement: SELECT 1") == severity::info);
  CHECK(level_of(pairs + client + "\"psql\" STATEMENT:  SELECT 1/0") == severity::none);
  CHECK(level_of(pairs + "LOG:  checkpoint starting: time") == severity::info);
  CHECK(level_of(pairs + "FATAL:  the database system is starting up") == severity::fatal);
  CHECK(level_of("[8361-1]  ERROR:  deadlock detected") == severity::error);
  CHECK(level_of("[8361-1]  ERROR:  deadlock detected\r") == severity::error);
  CHECK(level_of("[8361-1]\tLOG:  x") == severity::info);
  CHECK(level_of("[8361-1]  DEBUG2:  x") == severity::debug);
  CHECK(level_of("[8361-1]  an ERROR:  x") == severity::none);
  // A part from the middle of a statement may begin with anything.
  CHECK(level_of("[8361-2]  ERROR:  deadlock detected") == severity::none);
  postgres_line line;
  const auto whole = "[COPPER] " + pairs + client + "\"psql\" ERROR:  division by zero";
  REQUIRE(read_postgres_line(whole, line));
  CHECK(line.sql_error_code == "22012");
}

TEST_CASE("postgres line: what a client calls itself cannot imitate a level") {
  const auto level_with = [](const std::string& user, const std::string& name) {
    return level_of("[65-1]  sql_error_code = 22012 pid=\"2539221\" database=\"d0\" user=\"" + user +
                    "\" application_name=\"" + name + "\" ERROR:  division by zero");
  };
  CHECK(level_with("u0", "x\" FATAL:  y") == severity::error);
  CHECK(level_with("u0", "x\" LOG:  y\" LOG:  z") == severity::error);
  CHECK(level_with("u0", "x\" pid=\"1\" LOG:  z") == severity::error);
  CHECK(level_with("u0", "LOG:  y") == severity::error);
  CHECK(level_with("u0\" LOG:  y", "psql") == severity::error);
  CHECK(level_with("u0\" application_name=\"x\" LOG:  y", "psql") == severity::error);
  // The server cuts names at 63 bytes, so a longer text is part of the message.
  CHECK(level_of("[1-1]  sql_error_code = 22012 application_name=\"psql\" ERROR:  " + std::string(63, 'x') +
                 "\" LOG:  y") == severity::error);
  CHECK(level_of("[1-1]  sql_error_code = 22012 application_name=\"psql ERROR:  x") == severity::none);
}

TEST_CASE("postgres line: other texts are none") {
  postgres_line line;
  for (const std::string_view text : {"", "[", "[]", "[DATABASE]", "[DATABASE] [18]", "[DATABASE] [18-]",
                                      "[DATABASE] [x-1] y", "[DATABASE] [1234567890-1]", "DATABASE [18-1]"})
    CHECK_FALSE(read_postgres_line(text, line));
}

} // namespace
} // namespace parseflow::logplex
