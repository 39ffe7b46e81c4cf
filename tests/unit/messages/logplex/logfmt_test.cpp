// key=value text.
#include "messages/logplex/logfmt.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace parseflow::logplex {
namespace {

// Reads `key`, `key=value` and `key="value"`.
std::vector<std::string> pairs_of(std::string_view text) {
  std::vector<std::string> pairs;
  logfmt_reader reader(text);
  for (logfmt_pair p; reader.next(p);) {
    std::string shown(p.key);
    if (p.has_equals)
      shown += '=';
    shown += p.is_quoted ? '"' + std::string(p.value) + '"' : std::string(p.value);
    pairs.push_back(shown);
  }
  return pairs;
}

using list = std::vector<std::string>;

TEST_CASE("logfmt: pairs are separated by spaces and split at the first equals sign") {
  CHECK(pairs_of("a=1 b=x=y=z  flag c=2") == list{"a=1", "b=x=y=z", "flag", "c=2"});
  CHECK(pairs_of("").empty());
  CHECK(pairs_of("   ").empty());
}

TEST_CASE("logfmt: any blank separates pairs and closes a quote") {
  CHECK(pairs_of("a=1\tb=\"x y\"\tc=2\r") == list{"a=1", "b=\"x y\"", "c=2"});
  CHECK(pairs_of("\ta=1\r\nb=2\n") == list{"a=1", "b=2"});
}

TEST_CASE("logfmt: a quoted value may stand behind blanks") {
  CHECK(pairs_of(R"(path= "/search?q= foo&test=bar" host=h)") ==
        list{R"(path="/search?q= foo&test=bar")", "host=h"});
  CHECK(pairs_of("a=  \"x\" b= \"y") == list{"a=\"x\"", "b=", "\"y"});
}

TEST_CASE("logfmt: an empty value is empty, at the end too") {
  CHECK(pairs_of("a= b= c=") == list{"a=", "b=", "c="});
}

TEST_CASE("logfmt: a quoted value may hold spaces, equals signs and escaped quotes") {
  CHECK(pairs_of(R"(p="/s?q=a b&x=1" d="say \"hi\" =" e="")") ==
        list{R"(p="/s?q=a b&x=1")", R"(d="say \"hi\" =")", R"(e="")"});
}

TEST_CASE("logfmt: a quote that is followed by neither space nor end closes nothing") {
  CHECK(pairs_of(R"(p="a"b" q=1)") == list{R"(p="a"b")", "q=1"});
}

TEST_CASE("logfmt: a value that ends in a backslash is closed when no other quote is") {
  CHECK(pairs_of(R"(p="a\" q=1)") == list{R"(p="a\")", "q=1"});
}

TEST_CASE("logfmt: a quote that is never closed is a letter") {
  CHECK(pairs_of(R"(p="a b=1)") == list{R"(p="a)", "b=1"});
}

TEST_CASE("logfmt: reading takes time in proportion to the text, whatever the quotes") {
  for (const std::string_view piece : {R"(a="b )", R"(a="x\" )", R"(a="\ )", R"(a= "b )", "a= \t "}) {
    CAPTURE(piece);
    std::string text;
    while (text.size() < 1'000'000)
      text += piece;
    const auto start = std::chrono::steady_clock::now();
    CHECK(pairs_of(text).size() > 1000);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{2});
  }
}

} // namespace
} // namespace parseflow::logplex
