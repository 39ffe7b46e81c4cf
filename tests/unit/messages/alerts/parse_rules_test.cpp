// What a rule may say, and which error a wrong one gets.
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "messages/alerts/metric.hpp"
#include "messages/alerts/parse_rules.hpp"
#include "tests/support/problem_in.hpp"

using namespace parseflow::alerts;
using namespace std::chrono_literals;

namespace {

rule only_rule(std::string_view text) {
  auto parsed = parse_rules(text);
  REQUIRE(problem_in(parsed) == "");
  REQUIRE(parsed->size() == 1);
  return parsed->front();
}

std::vector<std::string> listed_metrics() {
  std::vector<std::string> result;
  const auto names = all_metric_names();
  for (std::size_t at = 0; at < names.size();) {
    const auto end = std::min(names.find(", ", at), names.size());
    result.push_back(names.substr(at, end - at));
    at = end + 2;
  }
  return result;
}

std::string problem_of(std::string_view text) {
  return problem_in(parse_rules(text));
}

} // namespace

TEST_CASE("rules: every clause reaches its field, in any order") {
  const rule expected{
      "high_error_rate", "error_rate", {comparison::above, 5}, {comparison::below, 3}, 10min, 90s, 20, "shop",
      "critical"};
  CHECK(only_rule("high_error_rate: error_rate > 5 over 10m for 90s "
                  "resolve < 3 min_requests 20 app=shop critical") == expected);
  CHECK(only_rule(
            " high_error_rate :\n error_rate > 5.0\tcritical app=shop min_requests 20 resolve < 3 for 90s "
            "over 600s ; ") == expected);
}

TEST_CASE("rules: what a short rule leaves open has a default") {
  const auto made = only_rule("slow: p95_ms >= 1000");
  CHECK(made.window == 5min);
  CHECK(made.hold == 0s);
  CHECK(made.min_requests == 0);
  CHECK(made.app.empty());
  CHECK(made.severity == "warning");
}

TEST_CASE(
    "rules: without resolve there is a distance between raising and resolving, whatever the direction") {
  CHECK(only_rule("a: error_rate > 5").release == bound{comparison::at_most, 4});
  CHECK(only_rule("a: code:H12 >= 10").release == bound{comparison::at_most, 5});
  CHECK(only_rule("a: requests < 40").release == bound{comparison::at_least, 50});
  CHECK(only_rule("a: dyno_crashes > 0").release == bound{comparison::at_most, 0});
  CHECK(only_rule("a: requests <= 0").release == bound{comparison::above, 0});
}

TEST_CASE("rules: several are separated by semicolons; one that names an app may share a name") {
  const auto parsed = parse_rules("a: requests > 1; b: requests > 2 ;a: requests > 3 app=shop");
  REQUIRE(problem_in(parsed) == "");
  REQUIRE(parsed->size() == 3);
  CHECK(parsed->at(1).name == "b");
  CHECK(parsed->at(2).app == "shop");
}

TEST_CASE("rules: nothing stands for the defaults, none for none") {
  CHECK(parse_rules(" \n").value() == parse_rules(default_rules).value());
  CHECK(parse_rules("none").value().empty());
}

TEST_CASE("rules: every default rule is valid and has a name of its own") {
  const auto parsed = parse_rules(default_rules);
  REQUIRE(problem_in(parsed) == "");
  CHECK(parsed->size() == 11);
}

TEST_CASE("rules: every metric that is listed can be named") {
  for (const auto& name : listed_metrics())
    CHECK(problem_of("a: " + name + " > 1") == "");
  CHECK(problem_of("a: code:L10 > 1") == "");
}

TEST_CASE("rules: a wrong one is named with the word and with what would be right") {
  const auto check = [](std::string_view text, const std::string& expected) {
    const auto found = problem_of(text);
    CHECK_MESSAGE(found.find(expected) != std::string::npos, found);
  };
  check("a: requests > 1; b: p95 > 3", "rule 2 (b): \"p95\" is wrong: a metric (requests, errors, ");
  check("a: reqests > 1", "\"reqests\" is wrong: a metric is needed (did you mean requests?)");
  check("a: requests > 5 app=a app=b", "\"app=b\" is wrong: a rule says each thing once");
  check("a: requests > 5 warning critical", "\"critical\" is wrong: a rule says each thing once");
  check("a: code:12 > 3", "\"code:12\" is wrong: a metric (");
  check("a: code: > 3", "\"code:\" is wrong: a metric (");
  check("a:", "rule 1 (a): it ends where a metric (");
  check("a: requests", "it ends where a comparison (>, >=, < or <=) is needed");
  check("a: requests => 3", "\"=>\" is wrong: a comparison");
  check("a: requests >5", "\">5\" is wrong: a comparison");
  check("a: requests > many", "\"many\" is wrong: a number of at least 0 is needed");
  check("a: requests > -1", "\"-1\" is wrong: a number");
  check("a: requests > nan", "\"nan\" is wrong: a number");
  check("a: error_rate > 5%", "\"5%\" is wrong: a number");
  check("a: requests > 5 over 90s", "\"90s\" is wrong: a window of whole minutes from 1m to 60m is needed");
  check("a: requests > 5 over 2h", "\"2h\" is wrong: a window");
  check("a: requests > 5 over 0m", "\"0m\" is wrong: a window");
  check("a: requests > 5 over five", "\"five\" is wrong: a duration such as 90s, 5m or 1h is needed");
  check("a: requests > 5 for 25h", "\"25h\" is wrong: a duration of at most 24h");
  check("a: requests > 5 for", "it ends where a duration");
  check("a: requests > 5 min_requests -2", "\"-2\" is wrong: a number of requests");
  check("a: requests > 5 fatal",
        "\"fatal\" is wrong: over, for, resolve, min_requests, app=NAME, warning or critical");
  check("a: requests > 5 app=", "\"app=\" is wrong");
  check("a: requests > 5 resolve < 6", "\"resolve < 6\" is wrong: it must be on the other side of > 5");
  check("a: requests >= 5 resolve <= 5", "\"resolve <= 5\" is wrong");
  check("a: requests > 5 resolve > 3", "\"resolve > 3\" is wrong");
  check("a: silent_minutes > 5 over 5m", "\"over\" is wrong: silent_minutes is a number of the moment");
  check("a: database_lag_lines > 5 min_requests 3", "\"min_requests\" is wrong");
  check("a: database_lag_lines > 5 app=shop", "\"app=shop\" is wrong: database_lag_lines is not of an app");
  check("a: requests > 5; a: requests > 6", "rule 2 (a): its name is taken");
  check("requests > 5", "\"requests > 5\" is wrong: a name");
  check("High: requests > 5", "\"High\" is wrong: a name of lower-case letters");
  check("a: requests > 5;; b: requests > 5", "rule 2 (): \"\" is wrong: a name");
}

TEST_CASE("rules: docs/alerts.md shows the default rules and names every metric") {
  std::ifstream file{DOCS "/alerts.md"};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  CHECK(page.find(std::string{"```text\n"} + std::string{default_rules} + "\n```") != std::string::npos);
  for (const auto& name : listed_metrics())
    CHECK_MESSAGE(page.find('`' + name + '`') != std::string::npos, name);
}

TEST_CASE("rules: every example in docs/alerts.md is valid") {
  std::ifstream file{DOCS "/alerts.md"};
  int examples = 0;
  for (std::string line; std::getline(file, line);)
    if (const auto at = line.find("alerts.rules="); at != std::string::npos) {
      auto text = line.substr(at + 13);
      text = text.substr(text.find_first_not_of("'\""), text.find_last_of("'\"") - 1);
      CHECK_MESSAGE(problem_of(text) == "", text);
      ++examples;
    }
  CHECK(examples > 0);
}
