// Turns any bytes into text that both databases accept.
#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>

#include "db/stored_text.hpp"

namespace stored_text_test {

using namespace parseflow::db;

namespace {

const std::string bad = "\xEF\xBF\xBD";

std::string storable(std::string_view text) {
  std::string out;
  make_storable(text, out);
  return out;
}

} // namespace

TEST_CASE("stored_text: valid UTF-8 without NUL stays as it is") {
  for (const char* text :
       {"", "a", "12345678", "123456789 plain ASCII \x01\x1F\x7F", "Grüße ☕ 😀", "\xC2\x80", "\xDF\xBF",
        "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(text);
    CHECK(is_storable(text));
    CHECK(storable(text) == text);
  }
}

TEST_CASE("stored_text: every byte that is NUL or no part of valid UTF-8 becomes U+FFFD") {
  const std::pair<std::string, std::string> cases[] = {
      {std::string(1, '\0'), bad},
      {std::string("12345678\0", 9), "12345678" + bad},
      {"\x80", bad},
      {"\xC0\xAF", bad + bad},                     // overlong
      {"\xE0\x9F\xBF", bad + bad + bad},           // overlong
      {"\xED\xA0\x80", bad + bad + bad},           // surrogate
      {"\xF4\x90\x80\x80", bad + bad + bad + bad}, // above U+10FFFF
      {"\xF0\x8F\xBF\xBF", bad + bad + bad + bad}, // overlong
      {"\xF5", bad},
      {"cut \xE2\x98", "cut " + bad + bad},
      {"\xE2\x98z", bad + bad + "z"},
      {"\xFFü", bad + "ü"},
  };
  for (const auto& each : cases) {
    const std::string& expected = each.second;
    CAPTURE(expected);
    CHECK_FALSE(is_storable(each.first));
    CHECK(storable(each.first) == expected);
    CHECK(is_storable(expected));
  }
}

TEST_CASE("stored_text: names of random bytes are storable, differ, and come back") {
  std::mt19937 random(7);
  std::set<std::string> originals, stored;
  for (int i = 0; i < 20'000; ++i) {
    std::string name(random() % 6, '\0');
    for (char& c : name)
      c = "\\x0F~\0\xFF\xC3\xBC"[random() % 8];
    originals.insert(name);
    const std::string kept = stored_name(name);
    stored.insert(kept);
    REQUIRE(is_storable(kept));
    REQUIRE(original_name(kept) == name);
  }
  CHECK(stored.size() == originals.size());
}

TEST_CASE("stored_text: long names are bounded and still differ") {
  const std::string longest(max_name_bytes, '\xFF');
  CHECK(stored_name(longest).size() == 1020);
  CHECK(original_name(stored_name(longest)) == longest);
  std::set<std::string> stored;
  for (char last : {'a', 'b', '\0'})
    stored.insert(stored_name(longest + last));
  CHECK(stored.size() == 3);
  for (const std::string& name : stored) {
    CHECK(name.size() <= 1020);
    CHECK(is_storable(name));
  }
  CHECK(escaped_name(longest + 'a').size() == 4 * max_name_bytes + 1);
}

TEST_CASE("stored_text: a stored name that somebody damaged is read without harm") {
  for (const char* damaged : {"\\", "\\x", "\\x1", "\\xzz", "a\\"})
    original_name(damaged);
}

} // namespace stored_text_test
