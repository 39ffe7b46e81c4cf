// Which command the arguments name, and what is left for the settings.
#include <doctest/doctest.h>

#include "messages/settings/command_line.hpp"
#include "tests/support/problem_in.hpp"

namespace command_line_test {

using namespace parseflow;

namespace {

using words = std::vector<std::string>;

command command_of(const words& arguments) {
  return read_command_line(arguments).value().what;
}

} // namespace

TEST_CASE("command line: without a command the program serves, and settings are left as they are") {
  CHECK(command_of({}) == command::serve);
  const auto line = read_command_line({"--http.port=1", "nonsense"}).value();
  CHECK(line.what == command::serve);
  CHECK(line.settings == words{"--http.port=1", "nonsense"});
  CHECK(read_command_line({"serve", "--http.port=1"}).value().settings == words{"--http.port=1"});
}

TEST_CASE("command line: options belong to their command") {
  const auto journal = read_command_line({"journal", "--http.port=1", "--records"}).value();
  CHECK(journal.what == command::journal);
  CHECK(journal.with_records);
  CHECK(journal.settings == words{"--http.port=1"});
  CHECK(read_command_line({"rejected", "--retry"}).value().with_retry);
  CHECK_FALSE(read_command_line({"rejected"}).value().with_retry);
  CHECK(read_command_line({"replay", "--records"}).value().settings == words{"--records"});
}

TEST_CASE("command line: help and version are answered wherever they stand, the first of them") {
  for (const words& arguments :
       {words{"help"}, words{"--help"}, words{"-h"}, words{"replay", "--help"}, words{"--http.port=x", "-h"}})
    CHECK(command_of(arguments) == command::help);
  for (const words& arguments : {words{"version"}, words{"--version"}, words{"check", "--version", "--help"}})
    CHECK(command_of(arguments) == command::version);
  CHECK(usage().find("\n  --http.port  (default: 5000") != std::string::npos);
}

TEST_CASE("command line: an unknown command is refused, and a former one with its new name") {
  CHECK(problem_in(read_command_line({"sreve"})) == "there is no command sreve; parseflow --help lists all");
  CHECK(problem_in(read_command_line({"sreve", "--help"})).starts_with("there is no command sreve"));
  CHECK(problem_in(read_command_line({"drain", "--config=a.conf"})) ==
        "the command drain is called replay now: parseflow replay");
}

} // namespace command_line_test
