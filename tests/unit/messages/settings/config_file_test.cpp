// What a config file may contain, and what is refused.
#include <doctest/doctest.h>

#include "messages/settings/config_file.hpp"
#include "tests/support/problem_in.hpp"

namespace config_file_test {

using namespace parseflow;

namespace {

// The value of the only line.
std::string value_of(const std::string& written) {
  const auto parsed = parse_config_lines("[http]\nhost = " + written);
  REQUIRE(problem_in(parsed) == "");
  REQUIRE(parsed->size() == 1);
  CHECK(parsed->at(0).section == "http");
  CHECK(parsed->at(0).name == "host");
  CHECK(parsed->at(0).number == 2);
  return parsed->at(0).value;
}

std::string problem_of(const std::string& text) {
  return problem_in(parse_config_lines(text));
}

} // namespace

TEST_CASE("config file: comments, blank lines and line breaks of any system") {
  const auto parsed =
      parse_config_lines("\xEF\xBB\xBF# one\r\n  ; two\r\n\r\n[ http ] # three\r\n\tport=5000\t\r\n"
                         "[storage] ; four\nurl = \"sqlite:a.db\" ; five\nnode = a # six");
  REQUIRE(problem_in(parsed) == "");
  REQUIRE(parsed->size() == 3);
  CHECK(parsed->at(0).section == "http");
  CHECK(parsed->at(0).name == "port");
  CHECK(parsed->at(0).value == "5000");
  CHECK(parsed->at(0).number == 5);
  CHECK(parsed->at(1).section == "storage");
  CHECK(parsed->at(1).value == "sqlite:a.db");
  CHECK(parsed->at(2).value == "a");
  CHECK(parsed->at(2).number == 8);
  CHECK(parse_config_lines("").value().empty());
}

TEST_CASE("config file: a setting may carry its section, or have none") {
  const auto parsed = parse_config_lines("http.port = 1\nport = 2\n");
  REQUIRE(parsed->size() == 2);
  CHECK(parsed->at(0).section == "");
  CHECK(parsed->at(0).name == "http.port");
  CHECK(parsed->at(1).name == "port");
}

TEST_CASE("config file: text needs no quotes, and in quotes it may hold anything") {
  CHECK(value_of("10.0.0.1") == "10.0.0.1");
  CHECK(value_of("two words  # and a comment") == "two words");
  CHECK(value_of("pass#word") == "pass#word");
  CHECK(value_of("it's") == "it's");
  CHECK(value_of("\"\"") == "");
  CHECK(value_of("''") == "");
  CHECK(value_of(R"(" a \"b\" \\ \n\r\t # ; ")") == " a \"b\" \\ \n\r\t # ; ");
  CHECK(value_of(R"(' a "b" \n # ; ' # comment)") == R"( a "b" \n # ; )");
}

TEST_CASE("config file: what is not one thing for certain is refused, with its line and without its value") {
  CHECK(problem_of("[http]\nurl = hunter2;more\n") ==
        "line 2: url: a value that holds ; needs quotes, and a comment after a value begins with #");
  CHECK(problem_of("port = 5000 ; comment").starts_with("line 1: port: a value that holds ; needs quotes"));
  CHECK(problem_of("url = \"hunter2\n") == "line 1: url: the value has no closing \"");
  CHECK(problem_of("url = 'hunter2\n") == "line 1: url: the value has no closing '");
  CHECK(problem_of("url = \"hunter2\\\"\n") == "line 1: url: the value has no closing \"");
  CHECK(problem_of("url = \"hunter2\" more\n").starts_with("line 1: url: something follows the closing \""));
  CHECK(problem_of("url = \"hunter2\\w\"\n").find("write \\\\ for a backslash") != std::string::npos);
  CHECK(problem_of("url = \"hunter2\\").find("write \\\\ for a backslash") != std::string::npos);
  CHECK(problem_of("port =\n") == "line 1: port: there is no value: write \"\" for an empty one");
  CHECK(problem_of("port = # none\n") == "line 1: port: there is no value: write \"\" for an empty one");
  for (const auto* text : {"[http", "[]", "[a b]", "[http] port = 1", "["})
    CHECK(problem_of(text) == "line 1: a section is written [http]");
  for (const auto* text : {"port", "port 5000", "= 5", "a b = 5", "\xC3\xA4 = 5", "=", "]"})
    CHECK(problem_of(text) ==
          "line 1: a setting is written port = 5000, a section [http], and a comment begins with #");
}

} // namespace config_file_test
