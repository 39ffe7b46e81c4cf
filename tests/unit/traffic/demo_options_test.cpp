// The command line of the demo.
#include "deploy/demo/demo_options.hpp"
#include "tests/support/problem_in.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace parseflow;

TEST_CASE("demo options: defaults, values and mistakes") {
  const auto plain = traffic::parse_options({});
  REQUIRE(problem_in(plain) == "");
  CHECK(plain->target.path == "/logdrains?app=demo");
  CHECK(plain->target.token == "d.demo");

  const auto full = traffic::parse_options({"--url", "http://a:b@h:1", "--app=shop", "--drain-user", "u",
                                            "--lines-per-second=5000", "--minutes", "3", "--seed=9"});
  REQUIRE(problem_in(full) == "");
  CHECK(full->target.origin == "http://h:1");
  CHECK(full->target.path == "/logdrains?app=shop");
  CHECK(full->target.user == "u");
  CHECK(full->lines_per_second == 5000);
  CHECK(full->duration == std::chrono::minutes{3});
  CHECK(full->seed == 9);

  const auto registered = traffic::parse_options({}, "shop:u:p:w blog:v:q");
  CHECK(registered->target.user == "u");
  CHECK(registered->target.password == "p:w");
  CHECK(registered->target.path == "/logdrains");
  CHECK(traffic::parse_options({"--drain-user=w"}, "shop:u:p").value().target.user == "w");

  using words = std::vector<std::string>;
  for (const auto& wrong : {words{"--minutes", "0"}, words{"--minutes=1441"}, words{"--seed=x"},
                            words{"--app="}, words{"--lines-per-second=1e9"}, words{"--url=x"},
                            words{"--nonsense=1"}, words{"--minutes"}, words{"x"}})
    CHECK_MESSAGE(problem_in(traffic::parse_options(wrong)) != "", wrong.front());
}
