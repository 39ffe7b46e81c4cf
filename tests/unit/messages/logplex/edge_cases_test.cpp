// The check list of edge cases in the catalogue of Heroku's formats, by number. Cases 8 to 10 concern
// requests, not bodies, and are tested there.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "messages/logplex/timestamp_text.hpp"
#include "tests/unit/messages/logplex/compose.hpp"
#include "tests/unit/messages/logplex/samples.hpp"

namespace parseflow::logplex {
namespace {

constexpr auto unknown = request_record::unknown;

kept router(std::string_view text) {
  auto body = read(frame_of("heroku", "router", text));
  REQUIRE(body.requests.size() == 1);
  return body;
}

kept app(std::string_view text) {
  auto body = read(frame_of("app", "web.1", text));
  REQUIRE(body.lines.size() == 1);
  CHECK(body.framing.malformed == 0);
  return body;
}

TEST_CASE("edge 1: multi-byte text, octets differ from characters") {
  const auto body = read(std::string(samples::text_in_utf8) + std::string(samples::text_in_ascii), 2);
  REQUIRE(body.lines.size() == 2);
  CHECK(body.lines[1].text == "cache warmed in 41ms");
  CHECK(body.framing.malformed == 0);
}

TEST_CASE("edge 2: a frame without trailing line feed is followed directly by the next count") {
  const auto body = read(std::string(samples::l10) + std::string(samples::router_h12), 2);
  CHECK(body.requests.size() == 1);
  REQUIRE(body.lines.size() == 1);
  CHECK(body.lines[0].number == 317);
  CHECK(body.lines[0].text.ends_with("00:00."));
}

TEST_CASE("edge 3: line feeds, CRLF, NUL, ESC and invalid UTF-8 inside a line") {
  using namespace std::string_literals;
  for (const std::string& text : {"a\nb\n\n"s, "a\r\nb"s, "a\0b"s, "\x1b[31mred\x1b[0m"s, "\xff\xfe\xc3"s})
    CHECK(app(text).lines[0].text == text);
}

TEST_CASE("edge 4: an empty text, with and without the space before it") {
  const std::string header = "<45>1 2026-03-02T14:07:31.504411+00:00 host app web.1 -";
  for (const std::string& line : {header, header + " ", header + "\n", header + " \n"}) {
    const auto body = read(framed(line) + framed(line), 2);
    REQUIRE(body.lines.size() == 2);
    CHECK(body.lines[0].text.empty());
    CHECK(body.lines[1].proc == "web.1");
    CHECK(body.framing.malformed == 0);
  }
}

TEST_CASE("edge 5: a text beginning with a dash, in both modes") {
  CHECK(read(samples::text_beginning_with_dash).lines.at(0).text == "- item one");
  CHECK(read(samples::text_beginning_with_dash, 1, structured_data::present).lines.at(0).text == "item one");
}

TEST_CASE("edge 6: brackets at the start of a text are text without structured data") {
  CHECK(app("[id k=\"v\"] x").lines[0].text == "[id k=\"v\"] x");
}

TEST_CASE("edge 7: the announced count too high, too low, missing") {
  const std::string body = frame_of("app", "web.1", "a") + frame_of("app", "web.1", "b");
  for (const std::uint32_t announced : {0u, 1u, 3u, 4'000'000'000u}) {
    CHECK(read(body, announced).framing.has_count_mismatch);
    CHECK(read(body, announced).lines.size() == 2);
  }
  CHECK_FALSE(read(body, 2).framing.has_count_mismatch);
  CHECK_FALSE(read(body, frame::no_count).framing.has_count_mismatch);
}

TEST_CASE("edge 11: empty values and numbers without unit") {
  const auto body = router("at=error code=H24 method=GET path=\"/\" dyno= connect= service= bytes= status=");
  CHECK(body.requests[0].status == unknown);
  CHECK(body.requests[0].bytes == unknown);
  CHECK(router("method=GET connect=1").requests[0].connect_ms == 1);
}

TEST_CASE("edge 12: sock before at, tls_version before protocol, unknown keys") {
  const auto body =
      router("sock=backend at=error code=H18 desc=\"x\" method=GET path=\"/\" host=h request_id=r fwd=\"f\" "
             "dyno=web.1 "
             "connect=0ms service=1ms status=503 bytes=0 tls_version=tls1.2 protocol=https future=1");
  CHECK(body.requests[0].code == "H18");
  CHECK(body.requests[0].tls_version == "tls1.2");
  CHECK(body.requests[0].protocol == "https");
  CHECK(body.requests[0].has_extra);
}

TEST_CASE("edge 13: a path with equals signs, spaces, escaped quotes, of 8 KiB, unquoted") {
  const std::string large = '/' + std::string(8192, 'x');
  for (const std::string& path :
       {std::string("/?a=b=c"), std::string("/a b"), std::string(R"(/say?\"x\")"), large}) {
    const auto body = router("at=info method=GET path=\"" + path + "\" host=h status=200");
    CHECK(body.requests[0].path == path);
    CHECK(body.requests[0].host == "h");
  }
  CHECK(router("at=info method=GET path=/a b host=h status=200").requests[0].path == "/a b");
}

TEST_CASE("edge 14: fwd empty, lists with and without spaces, IPv6") {
  for (const std::string fwd : {"", "1.2.3.4, 5.6.7.8", "1.2.3.4,5.6.7.8", "2001:db8::1"})
    CHECK(router("method=GET fwd=\"" + fwd + "\"").requests[0].fwd == fwd);
}

TEST_CASE("edge 15: H codes never seen before, and a code on an info line") {
  CHECK(router("at=error code=H4711 desc=\"?\" method=GET").requests[0].code == "H4711");
  const auto body = router("at=info code=H83 method=GET status=503");
  CHECK(body.requests[0].code == "H83");
  CHECK(body.requests[0].level == severity::info);
  CHECK(router("at=info code=blank-app method= status=502").requests[0].code == "blank-app");
}

TEST_CASE("edge 16: R codes with and without detail, memory in both units") {
  const auto line = [](std::string_view text) { return read(frame_of("heroku", "web.1", text)); };
  CHECK(line("Error R14 (Memory quota exceeded)").lines[0].code == "R14");
  CHECK(line("Error R10 (Boot timeout) -> x").lines[0].code == "R10");
  CHECK(line("Process running mem=1028MB(103.3%)").lines[0].number == 1028);
  CHECK(line("Process running mem=547M(106.8%)").lines[0].number == 547);
}

TEST_CASE("edge 17: decimals where integers are expected, ratios, bytes without unit") {
  const auto body = read(frame_of("app", "heroku-redis",
                                  "source=REDIS sample#a=15405636.0kB sample#b=4347350804.0bytes "
                                  "sample#c-percentage-used=0.5 sample#d=543600640"));
  REQUIRE(body.samples.size() == 4);
  CHECK(body.samples[0].value == 15405636);
  CHECK(body.samples[1].value == 4347350804);
  CHECK(body.samples[2].value == 0.5);
  CHECK(body.samples[3].value == 543600640);
  CHECK(body.samples[3].unit.empty());
}

TEST_CASE("edge 18: a load line with one load only") {
  const auto body = read(frame_of("heroku", "web.1", "source=web.1 dyno=heroku.1.2 sample#load_avg_1m=0.41"));
  CHECK(body.samples.size() == 1);
  CHECK(body.lines[0].kind == line_kind::runtime_metrics);
}

TEST_CASE("edge 19: the run of a dyno is kept with its samples, since its counters restart with it") {
  const auto body =
      read(frame_of("heroku", "web.1", "source=web.1 dyno=heroku.1.a sample#memory_pgpgin=9pages") +
           frame_of("heroku", "web.1", "source=web.1 dyno=heroku.1.b sample#memory_pgpgin=1pages"));
  REQUIRE(body.samples.size() == 2);
  CHECK(body.samples[0].instance == "heroku.1.a");
  CHECK(body.samples[1].instance == "heroku.1.b");
}

TEST_CASE("edge 20: a piece of 10 000 bytes cut inside a character, JSON cut in two") {
  std::string json = R"({"msg":")";
  while (json.size() < 12'000)
    json += "ü";
  json += "\"}";
  const std::string line = line_of("app", "web.1", "");
  const std::string header = line.substr(0, line.size() - 1);
  const auto body =
      read(framed(header + json.substr(0, 10'000)) + framed(header + json.substr(10'000) + "\n"), 2);
  REQUIRE(body.lines.size() == 2);
  CHECK(body.framing.malformed == 0);
  CHECK(body.lines[0].kind == line_kind::text);
  CHECK(std::string(body.lines[0].text) + std::string(body.lines[1].text) == json);
}

TEST_CASE("edge 21: timestamps in all forms, of the future and the past") {
  for (const std::string time :
       {"2026-03-02T14:07:31+00:00", "2026-03-02T14:07:31.118+00:00", "2026-03-02T14:07:31.118204+00:00",
        "2026-03-02T14:07:31Z", "2026-03-02T23:59:60+00:00", "2026-03-03T02:07:31Z",
        "2026-02-20T14:07:31Z"}) {
    CAPTURE(time);
    const auto body = read(framed("<190>1 " + time + " host app web.1 - x\n"));
    CHECK(body.framing.malformed == 0);
    timestamp at{};
    CHECK(timestamp_reader().read(time, at) == time.size());
    CHECK(body.lines.at(0).at == at);
  }
}

TEST_CASE("edge 22: counts 0, 007, of 20 digits, past the end; an empty body with header 0") {
  const std::string line = line_of("app", "web.1", "damaged");
  for (const std::string count : {"0", "007", "12345678901234567890", "999999"}) {
    CAPTURE(count);
    const auto body =
        read(frame_of("app", "web.1", "a") + count + " " + line + frame_of("app", "web.1", "b"), 3);
    REQUIRE(body.lines.size() == 3);
    CHECK(body.lines[0].text == "a");
    CHECK(body.lines[1].text == "damaged");
    CHECK(body.framing.malformed == 0);
    CHECK(body.framing.miscounted == 1);
    CHECK(body.lines[2].text == "b");
    CHECK_FALSE(body.framing.has_count_mismatch);
  }
  CHECK(read("", 0).framing.lines == 0);
  CHECK_FALSE(read("", 0).framing.has_count_mismatch);
}

TEST_CASE("edge 23: a single frame larger than the batch target") {
  const std::string text(200'000, 'x');
  CHECK(app(text).lines[0].text == text);
}

TEST_CASE("edge 24: an app line that imitates a router line, a dyno error, an add-on") {
  for (const std::string text :
       {"at=info method=GET path=\"/\" status=200", "Error R14 (Memory quota exceeded)",
        "State changed from up to down",
        "Error L10 (output buffer overflow): 9 messages dropped since 2026-03-02T14:06:58+00:00.",
        "source=DATABASE addon=a sample#db_size=1bytes"}) {
    CAPTURE(text);
    for (const auto& s : app(text).samples)
      CHECK(s.origin == sample_origin::custom);
    const auto body = app(text);
    CHECK((body.lines[0].kind == line_kind::text || body.lines[0].kind == line_kind::logfmt));
    CHECK(body.lines[0].code.empty());
    CHECK(body.lines[0].number == log_record::no_number);
  }
}

TEST_CASE("edge 25: a Postgres log part without text") {
  const auto body = read(frame_of("app", "postgres.204817", "[DATABASE] [18-2]"));
  CHECK(body.lines.at(0).kind == line_kind::postgres_log);
  CHECK(body.lines.at(0).text == "[DATABASE] [18-2]");
}

TEST_CASE("edge 26: a body that ends at any byte loses only what is cut") {
  std::string body;
  std::vector<std::size_t> ends{0};
  for (const samples::sample& s : samples::all) {
    body += s.frame;
    ends.push_back(body.size());
  }
  std::size_t whole = 0;
  for (std::size_t cut = 0; cut <= body.size(); ++cut) {
    if (whole + 1 < ends.size() && ends[whole + 1] == cut)
      ++whole;
    const std::uint32_t damaged = ends[whole] != cut ? 1 : 0;
    const auto lines = static_cast<std::uint32_t>(whole) + damaged;
    const auto parsed = read(std::string_view(body).substr(0, cut), lines);
    REQUIRE(parsed.framing.lines == lines);
    REQUIRE(parsed.framing.malformed + parsed.framing.miscounted == damaged);
    // A line that lacks only its line feed is whole; no other line that is cut may count as whole.
    REQUIRE((parsed.framing.miscounted == 0 || ends[whole + 1] == cut + 1));
  }
}

TEST_CASE("edge 25: parts of a Postgres log may come in any order") {
  const auto body =
      read(frame_of("app", "postgres.204817", "[DATABASE] [18-2] FROM orders") +
           frame_of("app", "postgres.204817", "[DATABASE] [18-1]  sql_error_code = 00000 LOG:  x"));
  REQUIRE(body.lines.size() == 2);
  CHECK(body.lines[0].level == severity::none);
  CHECK(body.lines[1].level == severity::info);
}

TEST_CASE("edge 28: CR LF as a line's end in counted frames, blanks behind crashed") {
  CHECK(app("msg=\"db down\" level=error\r").lines[0].level == severity::error);
  CHECK(app("hello\r").lines[0].text == "hello");
  CHECK(router("at=info method=GET path=\"/\" status=200 protocol=https\r").requests[0].protocol == "https");
  const auto body = read(frame_of("heroku", "web.1", "State changed from up to crashed  \r"));
  CHECK(body.lines.at(0).subject == "crashed");
  CHECK(body.lines.at(0).level == severity::error);
}

TEST_CASE("edge 29: TABs between pairs, in logfmt and in l2met lines; a comma behind a pair") {
  const auto pairs = app("level=error\tmsg=\"disk full\"\tdisk=/dev/sda");
  CHECK(pairs.lines[0].kind == line_kind::logfmt);
  CHECK(pairs.lines[0].level == severity::error);
  const auto numbers = app("measure#a=1ms\tcount#b=2, count#c=3,count#d=4");
  REQUIRE(numbers.samples.size() == 4);
  CHECK(numbers.samples[0].unit == "ms");
  CHECK(numbers.samples[3].value == 4);
}

TEST_CASE("edge 30: names with colons, letters beyond ASCII, quotes; a count without a value") {
  const auto body = app("count#sidekiq.worker.Billing::InvoiceWorker=1 count#größe=2 count#a\"b=3 count#x");
  REQUIRE(body.samples.size() == 4);
  CHECK(body.samples[0].name == "sidekiq.worker.Billing::InvoiceWorker");
  CHECK(body.samples[1].name == "größe");
  CHECK(body.samples[2].name == "a\"b");
  CHECK(body.samples[3].value == 1);
}

TEST_CASE("edge 31: numbers with thousands, in parts of a time, in scientific notation, and what is none") {
  const auto body = app("sample#mem=1,024MB measure#boot=1h2m3s measure#get=7.9e-05s "
                        "sample#peer=10.0.0.1 sample#hex=0x10");
  REQUIRE(body.samples.size() == 3);
  CHECK(body.samples[0].value == 1024);
  CHECK(body.samples[0].unit == "MB");
  CHECK(body.samples[1].value == 3723);
  CHECK(body.samples[1].unit == "s");
  CHECK(body.samples[2].value == 7.9e-05);
  CHECK(body.framing.samples_left_out == 2);
}

TEST_CASE("edge 32: the last frame one byte short because a tool dropped its line feed") {
  const std::string one(samples::router_legacy.substr(0, samples::router_legacy.size() - 1));
  for (const std::string& body :
       {one, std::string(samples::text_in_ascii) + one, std::string(samples::l10) + one}) {
    const auto parsed = read(body);
    REQUIRE(parsed.requests.size() == 1);
    CHECK(parsed.requests[0].protocol == "https");
    CHECK(parsed.framing.malformed == 0);
    CHECK(parsed.framing.miscounted == 1);
  }
}

TEST_CASE("edge 33: a level behind a time or in brackets, in JSON under any name, inside colour codes") {
  for (const std::string_view text :
       {"[2026-11-26 19:30:00 +0000] [7] [ERROR] x", "2026-11-26 19:30:00,123 ERROR name: x",
        R"({"message":"m","context":{},"level":400,"level_name":"ERROR"})", R"({"log":{"level":"error"}})",
        R"({"message":"x","level":"\u001b[31merror\u001b[39m"})", "\x1b[31mERROR\x1b[0m failed"}) {
    CAPTURE(text);
    CHECK(app(text).lines[0].level == severity::error);
  }
}

} // namespace
} // namespace parseflow::logplex
