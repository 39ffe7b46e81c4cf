// Secrets are hidden, and nothing else changes.
#include "messages/logplex/redact.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "messages/logplex/json_text.hpp"
#include "tests/unit/messages/logplex/compose.hpp"
#include "tests/unit/messages/logplex/samples.hpp"

namespace parseflow::logplex {
namespace {

std::string redacted(std::string text, redaction_settings rules) {
  redactor(std::move(rules)).redact_text(text.data(), text.size());
  return text;
}

const redaction_settings addresses{.email_addresses = true, .query_values = false, .keys = {}};
const redaction_settings queries{.email_addresses = false, .query_values = true, .keys = {}};
const redaction_settings keys{.email_addresses = false, .query_values = false, .keys = {"password", "Token"}};

TEST_CASE("redact: nothing is hidden unless it is set") {
  CHECK_FALSE(redactor({}).is_active());
  CHECK(redacted("dev@example.com /a?b=c password=x", {}) == "dev@example.com /a?b=c password=x");
}

TEST_CASE("redact: e-mail addresses") {
  CHECK(redacted("by user dev@example.com", addresses) == "by user ***************");
  CHECK(redacted("<a.b+c@mail.example.co.uk>, x", addresses) == "<" + std::string(24, '*') + ">, x");
  CHECK(redacted("/u?e=dev%40example.com&x=1", addresses) == "/u?e=" + std::string(17, '*') + "&x=1");
  CHECK(redacted("a@b.de,c@d.de", addresses) == "******,******");
  CHECK(redacted("to dev@example.com.", addresses) == "to ***************.");
}

TEST_CASE("redact: what is no e-mail address stays") {
  for (const std::string text :
       {"@", "a@", "@b.de", "a@b", "web@3:Standard-2X", "a@10.0.0.1", "@@@@", "a@.b", "100%40", "a @b.de"})
    CHECK(redacted(text, addresses) == text);
}

TEST_CASE("redact: query values") {
  CHECK(redacted("/search?q=shoes&page=2#top", queries) == "/search?q=*****&page=*#top");
  CHECK(redacted("/a?flag&x=&y=a=b", queries) == "/a?flag&x=&y=***");
  CHECK(redacted("GET /a?x=1 took 5ms, really? a=b", queries) == "GET /a?x=* took 5ms, really? a=b");
  CHECK(redacted(R"(path="/s?q=a b&t=\"c\"" host=h)", queries) == R"(path="/s?q=***&t=*****" host=h)");
  CHECK(redacted(R"({"url":"/a?x=1\"2","n":1})", queries) == R"({"url":"/a?x=****","n":1})");
  CHECK(redacted("(see /a?x=1)", queries) == "(see /a?x=*)");
}

TEST_CASE("redact: named keys, in the forms that apps write") {
  CHECK(redacted("password=hunter2 user=x", keys) == "password=******* user=x");
  CHECK(redacted("PASSWORD=\"hunter 2\" user=x", keys) == "PASSWORD=\"********\" user=x");
  CHECK(redacted("token: abc, x", keys) == "token: ***, x");
  CHECK(redacted(R"({"password":"hun\"ter2","a":1})", keys) == R"({"password":"*********","a":1})");
  CHECK(redacted(R"({"token" : 12345, "a":true})", keys) == R"({"token" : 0    , "a":true})");
  CHECK(redacted(R"({"password"=>"x", "a"=>"b"})", keys) == R"({"password"=>"*", "a"=>"b"})");
  CHECK(redacted("user[password]=x&y=z", keys) == "user[password]=*&y=z");
  CHECK(redacted(R"("{\"token\":\"abc\",\"a\":1}")", keys) == R"("{\"token\":\"***\",\"a\":1}")");
  CHECK(redacted("password='a b' c", keys) == "password='***' c");
  CHECK(redacted("5\" pipe password=\"x\"", keys) == "5\" pipe password=\"*\"");
  CHECK(redacted("password=", keys) == "password=");
  CHECK(redacted("password=\"unclosed rest", keys) == "password=\"*************");
}

TEST_CASE("redact: blanks and colour codes between a key and its value change nothing") {
  CHECK(redacted(R"(at=info path= "/search?q= foo&test=bar" host=h)", queries) ==
        R"(at=info path= "/search?q=****&test=***" host=h)");
  CHECK(redacted("path=\t\"/s?q=a b\"\thost=h", queries) == "path=\t\"/s?q=***\"\thost=h");
  CHECK(redacted("GET /a?x=1\ty=2", queries) == "GET /a?x=*\ty=2");
  CHECK(redacted("password= \"hunter 2\" user=x", keys) == "password= \"********\" user=x");
  CHECK(redacted("password=hunter2\tuser=x", keys) == "password=*******\tuser=x");
  CHECK(redacted("a=1\tpassword=\"a b\"\ttoken=c", keys) == "a=1\tpassword=\"***\"\ttoken=*");
  CHECK(redacted("token:\tabc", keys) == "token:\t***");
  CHECK(redacted("password= user=x", keys) == "password= user=x");
  CHECK(redacted("\x1b[36mpassword\x1b[0m=hunter2 x", keys) == "\x1b[36mpassword\x1b[0m=******* x");
  CHECK(redacted("\x1b[36mpassword=\x1b[0mhunter2\x1b[0m x", keys) ==
        "\x1b[36mpassword=\x1b[0m*******\x1b[0m x");
  CHECK(redacted(R"({"m":"\u001b[36mpassword\u001b[0m=hunter2"})", keys) ==
        R"({"m":"\u001b[36mpassword\u001b[0m=*******"})");
}

TEST_CASE("redact: lines that are saved from damage are redacted like others") {
  const std::string text = "at=info method=GET path=\"/s?q=a b\" status=200";
  const std::string line = line_of("heroku", "router", text);
  const std::string shown = "2026-03-02T14:07:31Z heroku[router]: " + text;
  for (std::string body : {"300 " + line + "300 " + line, framed(line).substr(0, framed(line).size() - 1),
                           shown + shown, framed(line.substr(0, line.size() - 1) + "\r\n")}) {
    CAPTURE(body);
    redactor(queries).redact_body(body, structured_data::absent);
    const auto parsed = read(body);
    REQUIRE(!parsed.requests.empty());
    for (const request_record& r : parsed.requests)
      CHECK(r.path == "/s?q=***");
    CHECK(body.find("a b") == std::string::npos);
  }
}

TEST_CASE("redact: a key may be the beginning of another one") {
  const redaction_settings both{
      .email_addresses = false, .query_values = false, .keys = {"pass", "password", "user", "user.pin"}};
  CHECK(redacted("password=x pass=y", both) == "password=* pass=*");
  CHECK(redacted("user.pin=1234 user.x=y", both) == "user.pin=**** user.x=y");
  CHECK(redacted(R"({"user.pin":"1234"})", both) == R"({"user.pin":"****"})");
}

TEST_CASE("redact: keys are whole words, and prose stays") {
  for (const std::string text :
       {"passwords=x", "mypassword=x", "my_token=x", "the password is x", "password", "token", "tokens: x"})
    CHECK(redacted(text, keys) == text);
}

TEST_CASE("redact: JSON is hidden by its structure") {
  const auto check = [](const std::string& text, const std::string& expected) {
    CAPTURE(text);
    CHECK(redacted(text, keys) == expected);
  };
  check(R"({"password":{"old":"x","new":["y",{"n":12}]},"a":"b"})",
        R"({"password":{"old":"*","new":["*",{"n":0 }]},"a":"b"})");
  check(R"({"l":[{"token":[true]},{"a":1}],"b":[[2]]})", R"({"l":[{"token":[0   ]},{"a":1}],"b":[[2]]})");
  check(R"({"token":{},"a":{"token":null},"b":1})", R"({"token":{},"a":{"token":0   },"b":1})");
  check(R"({"user.password":"x","old_password":"y","user[token]":"z"})",
        R"({"user.password":"*","old_password":"y","user[token]":"*"})");
  check(R"({"message":"password=x, see","say token=":"b"})",
        R"({"message":"password=*, see","say token=":"b"})");
  check(R"({"message":"password='x","a":"b'"})", R"({"message":"password='*","a":"b'"})");
  check(R"({"m":"{\"password\":\"x y\",\"a\":1}"})", R"({"m":"{\"password\":\"***\",\"a\":1}"})");
}

TEST_CASE("redact: the end of a value is found at any depth of quoting") {
  CHECK(redacted(R"(password="a\\" b)", keys) == R"(password="***" b)");
  CHECK(redacted(R"(password="a\"b" c)", keys) == R"(password="****" c)");
  CHECK(redacted(R"(password='a"b' c)", keys) == R"(password='***' c)");
  CHECK(redacted(R"({\"token\":\"a\\\"b\",\"c\":1})", keys) == R"({\"token\":\"******\",\"c\":1})");
}

TEST_CASE("redact: JSON stays JSON") {
  const redaction_settings all{.email_addresses = true, .query_values = true, .keys = {"a", "b"}};
  for (const std::string text :
       {R"({"a":1,"b":"x"})", R"({"a":-1.5e3,"b":null})", R"({"a":true})", R"({"a":{"b":1},"c":["d@e.fg"]})",
        R"({"a":[1,2]})", R"({"c":"/x?y=\\","b":"\\"})", R"({"a":"x@y.zz?k=v"})", R"({"x":"a=","b":1})",
        R"({"x":"a='b","c":"d'"})", R"({"x":"a=b\"c"})", R"({"x":"\nd@e.fg \u00e9d@e.fg"})",
        R"({"x":"n a=\"m"})", R"({"x":"a=\u00e9\\"})", R"({"x":"a\"'=\\"})", R"({"a=\"":"a:\\\"b"})"}) {
    CAPTURE(text);
    severity level;
    REQUIRE(read_json(text, level));
    const std::string result = redacted(text, all);
    CAPTURE(result);
    CHECK(result.size() == text.size());
    CHECK(read_json(result, level));
  }
}

TEST_CASE("redact: a body keeps its frames, headers and kinds") {
  std::string body;
  for (const samples::sample& s : samples::all)
    body += s.frame;
  const auto before = read(body);
  redactor({.email_addresses = true, .query_values = true, .keys = {"fwd", "web", "host", "app"}})
      .redact_body(body, structured_data::absent);
  const auto after = read(body);
  CHECK(after.framing.lines == before.framing.lines);
  CHECK(after.framing.malformed == 0);
  REQUIRE(after.requests.size() == before.requests.size());
  REQUIRE(after.lines.size() == before.lines.size());
  for (std::size_t i = 0; i < after.lines.size(); ++i) {
    CHECK(after.lines[i].kind == before.lines[i].kind);
    CHECK(after.lines[i].proc == before.lines[i].proc);
    CHECK(after.lines[i].text.find("dev@") == std::string_view::npos);
  }
  CHECK(after.requests[0].path == "/items?page=*");
  CHECK(after.requests[0].fwd == "***********");
  CHECK(after.requests[0].host == "****************");
}

TEST_CASE("redact: a value that touches the next count does not spoil it") {
  const std::string line = line_of("app", "web.1", "GET /a?token=abc");
  const std::string bare = line.substr(0, line.size() - 1);
  std::string body = framed(bare) + framed(line);
  redactor(queries).redact_body(body, structured_data::absent);
  const auto parsed = read(body, 2);
  REQUIRE(parsed.lines.size() == 2);
  CHECK(parsed.lines[0].text == "GET /a?token=***");
  CHECK(parsed.lines[1].text == "GET /a?token=***");
}

TEST_CASE("redact: lines without counts and damaged bytes are redacted too") {
  std::string body = "2025-07-19T10:02:03Z app[web.1]: mail dev@example.com\nand dev@example.com\n";
  redactor(addresses).redact_body(body, structured_data::absent);
  CHECK(body == "2025-07-19T10:02:03Z app[web.1]: mail ***************\nand ***************\n");
}

TEST_CASE("redact: time is in proportion to the text") {
  const redaction_settings all{.email_addresses = true, .query_values = true, .keys = {"a", "aa"}};
  for (const std::string piece : {"a@", "%40", "?a=", "path=\"?", "a=\"", "a:\\\"", "\\", "a \\\"", "a.a",
                                  "path= ", "a= ", "a\t", "\x1b[3m", "a=\x1b[1m"}) {
    CAPTURE(piece);
    std::string text;
    while (text.size() < 500'000)
      text += piece;
    const auto start = std::chrono::steady_clock::now();
    redacted(text, all);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{2});
  }
}

} // namespace
} // namespace parseflow::logplex
