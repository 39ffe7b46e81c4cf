// Numbers, and the lines that have them.
#include "messages/logplex/sample_line.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "tests/unit/messages/logplex/compose.hpp"

namespace parseflow::logplex {
namespace {

std::string shown(std::string_view text) {
  measured number;
  if (!read_number(text, number))
    return "none";
  return std::to_string(number.value) + '|' + std::string(number.unit);
}

TEST_CASE("sample number: sign, fraction, exponent and unit") {
  CHECK(shown("42") == "42.000000|");
  CHECK(shown("-1.5ms") == "-1.500000|ms");
  CHECK(shown("+2MB") == "2.000000|MB");
  CHECK(shown("1e3") == "1000.000000|");
  CHECK(shown("1.5E-1s") == "0.150000|s");
  CHECK(shown("12em") == "12.000000|em");
  CHECK(shown("7.") == "7.000000|");
  CHECK(shown(".5") == "0.500000|");
  CHECK(shown("15405636.0kB") == "15405636.000000|kB");
  CHECK(shown("4347350804.0bytes") == "4347350804.000000|bytes");
  CHECK(shown("98%") == "98.000000|%");
}

TEST_CASE("sample number: thousands, and times in parts") {
  CHECK(shown("1,024MB") == "1024.000000|MB");
  CHECK(shown("-12,345,678.5kB") == "-12345678.500000|kB");
  CHECK(shown("1h2m3s") == "3723.000000|s");
  CHECK(shown("-2m30.5s") == "-150.500000|s");
  CHECK(shown("1d0h0m1s") == "86401.000000|s");
  CHECK(shown("3m") == "3.000000|m");
  CHECK(shown("360.541µs") == "360.541000|µs");
}

TEST_CASE("sample number: small ones in scientific notation") {
  measured number;
  REQUIRE(read_number("7.9e-05s", number));
  CHECK(number.value == 7.9e-05);
  CHECK(number.unit == "s");
}

TEST_CASE("sample number: a comma behind it is no part of it") {
  CHECK(shown("2.9ms,") == "2.900000|ms");
  CHECK(shown("1;") == "1.000000|");
  CHECK(shown("1,024,") == "1024.000000|");
}

TEST_CASE("sample number: what has a tail that is no unit is none") {
  for (const std::string_view text :
       {"10.0.0.1", "0x10",    "0xff",  "-0x1f",       "4c1e9ab2",      "2026-11-26", "19:30:00", "1,02",
        "1,0245",   "1,024,5", "2,5ms", "1h2m",        "1m2h3s",        "1h1h1s",     "h2s",      "1.5h2s",
        "1=2",      "1\"",     "1ms\r", "2.9ms,count", "5b0e7a4c-0c1f", "1e400"})
    CHECK(shown(text) == "none");
}

TEST_CASE("sample number: what is none at all") {
  for (const std::string_view text :
       {"", "-", "x", ".", "-.", "e5", "1234567890123456789x-much-too-long-a-unit", "++1", "+-1", "inf"})
    CHECK(shown(text) == "none");
}

TEST_CASE("sample number: values are the nearest double, in every line") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = std::to_string(random() % (std::uint64_t{1} << (random() % 64)));
    if (random() % 2 == 0)
      text.append(".").append(std::to_string(random() % (std::uint64_t{1} << (random() % 50))));
    if (random() % 8 == 0)
      text.append("e").append(std::to_string(static_cast<int>(random() % 40) - 20));
    CAPTURE(text);
    measured number;
    REQUIRE(read_number(text, number));
    CHECK(number.value == std::strtod(text.c_str(), nullptr));
    const auto body =
        read(frame_of("heroku", "web.1", "source=web.1 sample#x=" + text + "MB y=" + std::string(300, 'y')));
    REQUIRE(body.samples.size() == 1);
    CHECK(body.samples[0].value == number.value);
    CHECK(body.samples[0].unit == "MB");
  }
}

TEST_CASE("sample line: source and instance hold for the whole line, wherever they stand") {
  const auto body = read(frame_of("app", "heroku-redis", "sample#early=1") +
                         frame_of("app", "heroku-redis", "source=A sample#a=1 sample#b=2kB addon=redis-x-1") +
                         frame_of("app", "heroku-redis", "source=B sample#c=3 addon=\"redis-y-1\""));
  REQUIRE(body.samples.size() == 3);
  CHECK(body.samples[0].source == "A");
  CHECK(body.samples[0].instance == "redis-x-1");
  CHECK(body.samples[0].proc == "heroku-redis");
  CHECK(body.samples[0].origin == sample_origin::addon);
  CHECK(body.samples[1].unit == "kB");
  CHECK(body.samples[2].source == "B");
  CHECK(body.samples[2].instance == "redis-y-1");
}

TEST_CASE("sample line: the usual and the unusual reader agree") {
  // A quote makes a line unusual. Before the source it belongs to no field.
  for (const std::string text :
       {"sample#a=1 sample#b-c_d.e=2.5MB", "sample#=1 sample#x= sample#y=z sample#a=1",
        "sample#a=1e3 sample#b=.5", "sample#a=1=2", "sample#a sample#b=1",
        "sample#a_name_that_is_longer_than_thirty_two_bytes=1 sample#b=2",
        "sample#a=123456789.5 sample#b=1.12345678 sample#c=-1", "sample#a=1aUnitThatIsMuchTooLong sample#b=2",
        "sample#a=1  sample#b=2", "metric#a=1 count#b=2", "sample#a=1,024MB sample#b=0x10 sample#c=0xff",
        "sample#a=10.0.0.1 sample#b=1h2m3s sample#c=7.9e-05s", "sample#a=1\tsample#b=2 sample#c=3\r",
        "sample#a=1ms, sample#b=2", "\tsample#a=1", "sample#a=1MB\r"}) {
    CAPTURE(text);
    const auto usual = read(frame_of("heroku", "web.1", "source=s " + text));
    const auto unusual = read(frame_of("heroku", "web.1", "source=s " + text + " q=\"\""));
    CHECK(usual.framing.samples_left_out == unusual.framing.samples_left_out);
    REQUIRE(usual.samples.size() == unusual.samples.size());
    for (std::size_t i = 0; i < usual.samples.size(); ++i) {
      CHECK(usual.samples[i].name == unusual.samples[i].name);
      CHECK(usual.samples[i].unit == unusual.samples[i].unit);
      CHECK(usual.samples[i].value == unusual.samples[i].value);
      CHECK(usual.samples[i].source == "s");
    }
  }
}

TEST_CASE("sample line: all forms of l2met in lines of the app") {
  const auto body = read(frame_of(
      "app", "web.1",
      "source=checkout measure#db=12.4ms measure.old=3 count#orders= count#more=2 sample#depth=4jobs "
      "unique#buyers=u-1 event#deploy=\"v8 is out\" metric#dd=5 metric#tag#k=v count# sample#bad=x"));
  REQUIRE(body.samples.size() == 8);
  const auto check = [&](std::size_t i, std::string_view name, sample_kind kind, double value,
                         std::string_view unit, std::string_view member) {
    CAPTURE(i);
    const sample_record& s = body.samples[i];
    CHECK(s.name == name);
    CHECK(s.kind == kind);
    CHECK(s.value == value);
    CHECK(s.unit == unit);
    CHECK(s.member == member);
    CHECK(s.source == "checkout");
    CHECK(s.instance == "web.1");
    CHECK(s.origin == sample_origin::custom);
  };
  check(0, "db", sample_kind::measure, 12.4, "ms", "");
  check(1, "old", sample_kind::measure, 3, "", "");
  check(2, "orders", sample_kind::count, 1, "", "");
  check(3, "more", sample_kind::count, 2, "", "");
  check(4, "depth", sample_kind::gauge, 4, "jobs", "");
  check(5, "buyers", sample_kind::unique, 1, "", "u-1");
  check(6, "deploy", sample_kind::event, 1, "", "v8 is out");
  check(7, "dd", sample_kind::gauge, 5, "", "");
}

// The samples of a line from the app, as `name=value unit`.
std::string custom(const std::string& text) {
  std::string all;
  for (const sample_record& s : read(frame_of("app", "web.1", text)).samples) {
    std::string value = std::to_string(s.value);
    value.erase(value.find_last_not_of('0') + 1);
    all += (all.empty() ? "" : " ") + std::string(s.name) + '=' + value + std::string(s.unit);
  }
  return all;
}

TEST_CASE("sample line: pairs of l2met may have commas behind them, or between them") {
  CHECK(custom("INFO measure#qi.r_time=2.9ms, measure#qi.q_time=0.2ms,count#qi.reads=1, "
               "count#qi.writes=1, count#qi.conns=0") ==
        "qi.r_time=2.9ms qi.q_time=0.2ms qi.reads=1. qi.writes=1. qi.conns=0.");
  CHECK(custom("count#a,count#b, count#c=2 at=info,count#d") == "a=1. b=1. c=2. d=1.");
  CHECK(custom("sample#mem=1,024MB,count#a=1") == "mem=1024.MB a=1.");
}

TEST_CASE("sample line: names of l2met may hold anything, whatever stands beside them") {
  for (const std::string name :
       {"sidekiq.worker.Billing::InvoiceWorker", "größe", "a\"b", "x(y)", "a/b@c", "a,b"}) {
    CHECK(custom("count#" + name + "=1") == name + "=1.");
    CHECK(custom("count#" + name + "=1 a=2 b=3") == name + "=1.");
    CHECK(custom("done count#" + name + "=1\tx") == name + "=1.");
  }
}

TEST_CASE("sample line: a count without a value is one") {
  CHECK(custom("count#signup") == "signup=1.");
  CHECK(custom("at=info count#signup x=1") == "signup=1.");
  CHECK(custom("count#signup=") == "signup=1.");
  CHECK(custom("done, count#signup, thanks") == "signup=1.");
  CHECK(custom("measure#x sample#y unique#z count# a#b") == "");
}

TEST_CASE("sample line: TABs, CR LF and colour codes are no part of a unit") {
  CHECK(custom("measure#job.time=12ms\r") == "job.time=12.ms");
  CHECK(custom("measure#a=1ms\tcount#b=2\t") == "a=1.ms b=2.");
  CHECK(custom("\x1b[32mmeasure#a\x1b[0m=\x1b[1m1ms\x1b[0m") == "a=1.ms");
}

TEST_CASE("sample line: values that are no numbers are counted, empty ones are not") {
  const auto left_out = [](std::string_view source, std::string_view proc, std::string_view text) {
    const auto body = read(frame_of(source, proc, text));
    CHECK(body.samples.size() == 1);
    return body.framing.samples_left_out;
  };
  const std::string text =
      "source=s sample#peer=10.0.0.1 sample#a=0x10 sample#b=4c1e9ab2 sample#c= sample#d=1";
  CHECK(left_out("app", "web.1", text) == 3);
  CHECK(left_out("heroku", "web.1", text) == 3);
  CHECK(left_out("heroku", "web.1", text + " q=\"\"") == 3);
  CHECK(left_out("heroku", "web.1", text + " sample#a_name_that_is_longer_than_thirty_two_bytes=x") == 4);
}

TEST_CASE("sample line: one number alone is enough") {
  CHECK(read(frame_of("app", "web.1", "count#orders=1")).samples.size() == 1);
  CHECK(read(frame_of("app", "web.1", "count#orders=1")).lines[0].kind == line_kind::text);
}

TEST_CASE("sample line: an app cannot feed the metrics of dynos and add-ons") {
  const std::string text = "source=web.1 dyno=heroku.1.2 sample#memory_rss=1MB";
  for (const auto& s :
       read(frame_of("app", "web.1", text) + frame_of("app", "my-heroku-postgres", text)).samples)
    CHECK(s.origin == sample_origin::custom);
  CHECK(read(frame_of("token", "heroku-postgres", text)).samples.at(0).origin == sample_origin::custom);
  CHECK(read(frame_of("heroku", "web.1", text)).samples.at(0).origin == sample_origin::dyno);
  CHECK(read(frame_of("app", "heroku-anything", text)).samples.at(0).origin == sample_origin::addon);
}

TEST_CASE("sample line: samples are bounded by the body, and what is left out is counted") {
  std::string text = "source=s";
  while (text.size() < 60'000)
    text += " count#a=1";
  const std::string body = frame_of("app", "web.1", text);
  const auto parsed = read(body);
  CHECK(parsed.samples.size() == body.size() / 16 + 1);
  CHECK(parsed.framing.samples_left_out + parsed.samples.size() == (text.size() - 8) / 10);
}

} // namespace
} // namespace parseflow::logplex
