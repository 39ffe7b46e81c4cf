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

TEST_CASE("command line: keys are made with a role and apps, and removed by one word") {
  using action = keys_command::action;
  const auto add = read_command_line({"keys", "add", "ci", "--role=read", "--app=shop", "--log.level=warn",
                                      "--app", "blog"})
                       .value();
  CHECK(add.what == command::keys);
  CHECK(add.keys.what == action::add);
  CHECK(add.keys.key == "ci");
  CHECK(add.keys.apps == words{"shop", "blog"});
  CHECK(add.settings == words{"--log.level=warn"});
  CHECK(read_command_line({"keys", "add", "root", "--role=admin"}).value().keys.role == key_role::admin);
  // A variable that is not set must not make a key that sees everything.
  CHECK(read_command_line({"keys", "add", "ci", "--app="}).value().keys.apps == words{""});
  CHECK(read_command_line({"keys"}).value().keys.what == action::list);
  CHECK(read_command_line({"keys", "remove", "ci"}).value().keys.key == "ci");
  CHECK(read_command_line({"keys", "sign-out-everywhere"}).value().keys.what == action::sign_out_everywhere);
  CHECK(problem_in(read_command_line({"keys", "add"})).starts_with("keys add needs one name"));
  CHECK(problem_in(read_command_line({"keys", "add", "a", "b"})).starts_with("keys add needs one name"));
  CHECK(problem_in(read_command_line({"keys", "remove"})).starts_with("keys remove needs one key"));
  CHECK(problem_in(read_command_line({"keys", "add", "a", "--role=root"})) ==
        "--role is read or admin, not root");
  CHECK(problem_in(read_command_line({"keys", "list", "--app=shop"})).starts_with("--role and --app belong"));
  CHECK(problem_in(read_command_line({"keys", "rotate", "ci"})).ends_with("not rotate ci"));
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

TEST_CASE("command line: tail has a query of several words, which may exclude") {
  const auto line = read_command_line({"tail", "status:5xx", "--app=shop", "-health", "--http.port=1",
                                       "--json", "--lines", "7", "--url=https://logs.example.com"})
                        .value();
  CHECK(line.what == command::tail);
  CHECK(line.tail.query == "status:5xx -health");
  CHECK(line.tail.app == "shop");
  CHECK(line.tail.url == "https://logs.example.com");
  CHECK(line.tail.earlier_lines == 7);
  CHECK(line.tail.as_json);
  CHECK(line.settings == words{"--http.port=1"});
  CHECK(read_command_line({"tail"}).value().tail.earlier_lines == 100);
  CHECK(command_of({"tail", "-h"}) == command::help);
  CHECK(problem_in(read_command_line({"tail", "--lines=many"})) ==
        "--lines must be a number from 0 to 10000, not many");
}

} // namespace command_line_test
