// The command line of the demo.
#include "deploy/demo/demo_options.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace parseflow;

TEST_CASE("demo options: defaults, values and mistakes") {
  const auto plain = traffic::parse_options({});
  CHECK(plain.problem.empty());
  CHECK(plain.options.target.path == "/logdrains?app=demo");
  CHECK(plain.options.target.token == "d.demo");

  const auto full = traffic::parse_options({"--url", "http://a:b@h:1", "--app=shop", "--drain-user", "u",
                                            "--lines-per-second=5000", "--minutes", "3", "--seed=9"});
  CHECK(full.problem.empty());
  CHECK(full.options.target.origin == "http://h:1");
  CHECK(full.options.target.path == "/logdrains?app=shop");
  CHECK(full.options.target.user == "u");
  CHECK(full.options.lines_per_second == 5000);
  CHECK(full.options.duration == std::chrono::minutes{3});
  CHECK(full.options.seed == 9);

  const auto registered = traffic::parse_options({}, "shop:u:p:w blog:v:q");
  CHECK(registered.options.target.user == "u");
  CHECK(registered.options.target.password == "p:w");
  CHECK(registered.options.target.path == "/logdrains");
  CHECK(traffic::parse_options({"--drain-user=w"}, "shop:u:p").options.target.user == "w");

  using words = std::vector<std::string>;
  for (const auto& wrong : {words{"--minutes", "0"}, words{"--minutes=1441"}, words{"--seed=x"},
                            words{"--app="}, words{"--lines-per-second=1e9"}, words{"--url=x"},
                            words{"--nonsense=1"}, words{"--minutes"}, words{"x"}})
    CHECK_MESSAGE(!traffic::parse_options(wrong).problem.empty(), wrong.front());
}
