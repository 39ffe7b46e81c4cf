// Drains of the environment, and what is printed and reported of drains.
#include "messages/registry/drain_line.hpp"
#include "messages/registry/drain_report.hpp"
#include "messages/registry/environment_drains.hpp"

#include <doctest/doctest.h>

#include "tests/unit/messages/registry/some_registry.hpp"

namespace drains_test {

using namespace parseflow;
using namespace std::chrono_literals;

TEST_CASE("environment_drains: entries of one app and user are one drain, whatever its passwords are") {
  const auto drains = environment_drains({{"shop", "u", secret{"old"}},
                                          {"shop", "u", secret{"new"}},
                                          {"blog", "u", secret{"other"}},
                                          {"shop", "v", secret{"old"}}});
  REQUIRE(drains.size() == 3);
  CHECK(drains[0].id == environment_drain_id("shop", "u"));
  CHECK(drains[0].passwords.size() == 2);
  CHECK(drains[1].apps == std::vector<std::string>{"blog"});
  CHECK(drains[2].user == "v");
}

TEST_CASE("environment_drains: one user and password for several apps is one drain of all of them") {
  const auto drains = environment_drains({{"shop", "u", secret{"p"}}, {"blog", "u", secret{"p"}}});
  REQUIRE(drains.size() == 1);
  CHECK(drains[0].apps == std::vector<std::string>{"shop", "blog"});
  CHECK(drains[0].passwords.size() == 1);
}

TEST_CASE("drain_lines: the command is the one that Heroku's users type") {
  auto drain = some_drain("aa", "u");
  CHECK(drain_lines(drain, secret{"p"}, "https://logs.example.com/") ==
        "heroku drains:add https://u:p@logs.example.com/logdrains -a shop\n");
  drain.apps = {"shop", "blog"};
  CHECK(drain_lines(drain, secret{"p"}, "https://h:8443/in") ==
        "heroku drains:add 'https://u:p@h:8443/in/logdrains?app=shop' -a shop\n"
        "heroku drains:add 'https://u:p@h:8443/in/logdrains?app=blog' -a blog\n");
}

TEST_CASE("drain_lines: a public URL has a scheme and a host, and nothing to quote") {
  for (const char* good : {"https://h", "http://127.0.0.1:5000", "https://[::1]:5000/x", "https://a.b/c/"})
    CHECK(check_public_url(good));
  for (const char* wrong : {"", "h", "ftp://h", "https://", "https:///x", "https://u:p@h", "https://h/?a",
                            "https://h h", "https://h;x", "https://$(x)"})
    CHECK_FALSE(check_public_url(wrong));
}

TEST_CASE("report_of: a drain has the traffic of its apps, and the tokens that it has shown") {
  auto all = some_registry();
  all.drains[0].apps = {"shop", "blog"};
  all.drains[1].passwords[0].last_used = registry_time(9h);
  const auto reports =
      report_of(all, {}, {{"blog", registry_time(2h), 3600, 5}, {"shop", registry_time(1h), 1800, 1}});
  REQUIRE(reports.all.size() == 2);
  CHECK(reports.all[0].last_seen == registry_time(2h));
  CHECK(reports.all[0].lines_per_second == doctest::Approx(1.5));
  CHECK(reports.all[0].lost == 6);
  CHECK(reports.all[0].tokens == 1);
  CHECK(reports.all[1].last_seen == registry_time(9h));
}

TEST_CASE("report_of: a drain of the environment is shown until it is imported") {
  auto all = some_registry();
  const auto environment = environment_drains({{"blog", "e", secret{"p"}}});
  auto reports = report_of(all, environment, {{"blog", registry_time(), 36, 0}});
  REQUIRE(reports.all.size() == 3);
  CHECK(reports.all[2].is_of_environment);
  CHECK(reports.all[2].lines_per_second == doctest::Approx(0.01));
  all.drains.push_back(some_drain(environment[0].id, "e"));
  CHECK(report_of(all, environment, {}).all.size() == 3);
}

} // namespace drains_test
