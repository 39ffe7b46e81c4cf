// Lines as they come, from the built program: over HTTP and with `parseflow tail`; over a restart, and at a stop.
#include <algorithm>
#include <csignal>
#include <set>

#include <doctest/doctest.h>

#include "tests/e2e/event_stream.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/tested_program.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

service_options with_key() {
  return {{}, {{"METRICS_API_KEY", reader_key}}};
}

} // namespace

TEST_CASE("tail: lines are shown as they come, those before first, and each once") {
  service running{with_key()};
  post_numbers(running, 0, 50);
  event_stream all{running, "?lines=1000"}, some{running, "?q=number%3D7&app=shop"},
      none{running, "?q=absent"};
  for (int i = 50; i < 1000; i += 50)
    post_numbers(running, i, i + 50);
  post_numbers(running, 1000, 1001, "blog");
  std::set<std::string> texts;
  for (int i = 0; i < 1001; ++i) {
    const auto line = all.next();
    REQUIRE(line.is_object());
    CHECK(line["app"] == (line["text"] == "number=1000" ? "blog" : "shop"));
    texts.insert(line["text"].get<std::string>()); // frames may overtake each other in the parsers
    if (i < 50)
      REQUIRE(line["text"] == "number=" + std::to_string(i));
  }
  CHECK(texts.size() == 1001);
  for (int i = 0; i < 111; ++i) // 7, 70 to 79, 700 to 799
    REQUIRE(some.next()["text"].get<std::string>().starts_with("number=7"));
  CHECK(running.stop() == 0);
  CHECK(none.next().is_null());
}

TEST_CASE("tail: a reader who comes back misses nothing and sees nothing twice") {
  service running{with_key()};
  std::string last;
  {
    event_stream first{running, "?lines=0"};
    post_numbers(running, 0, 10);
    for (int i = 0; i < 5; ++i)
      last = first.next()["id"];
  }
  post_numbers(running, 10, 20);
  event_stream second{running, "?lines=0", "Last-Event-ID: " + last + "\r\n"};
  for (int i = 5; i < 20; ++i)
    REQUIRE(second.next()["text"] == "number=" + std::to_string(i));
}

TEST_CASE("tail: over a kill each line comes once by its id") {
  service running{with_key()};
  std::set<std::string> ids;
  std::string last;
  {
    event_stream first{running, "?lines=0"};
    post_numbers(running, 0, 100);
    for (int i = 0; i < 100; ++i)
      ids.insert(last = first.next()["id"]);
  }
  running.kill();
  running.start();
  event_stream second{running, "?lines=0", "Last-Event-ID: " + last + "\r\n"};
  post_numbers(running, 100, 200);
  for (std::string text; text != "number=199";) { // lines that were not stored yet come again
    const auto line = second.next();
    REQUIRE(line.is_object());
    text = line["text"];
    ids.insert(line["id"].get<std::string>());
  }
  CHECK(ids.size() == 200);
}

TEST_CASE("tail: the command follows lines, over a restart, and ends with a signal") {
  service running{with_key()};
  post_numbers(running, 0, 10);
  process follower{
      tested_program(),
      {"tail", "-number=3", "--lines=5", "--url=http://127.0.0.1:" + std::to_string(running.port())},
      {{"METRICS_API_KEY", reader_key}}};
  const auto shows = [&](const std::string& words) {
    return eventually([&] { return follower.standard_output().find(words) != std::string::npos; });
  };
  CHECK(shows("app[web.1]: number=9\n"));
  CHECK(follower.standard_output().starts_with("2026-03-02T14:07:31.000Z app[web.1]: number=5\n"));
  post_numbers(running, 10, 12);
  CHECK(shows("app[web.1]: number=11\n"));
  CHECK(running.stop() == 0);
  running.start();
  post_numbers(running, 12, 13);
  CHECK(shows("app[web.1]: number=12\n"));
  const auto output = follower.standard_output();
  CHECK(std::count(output.begin(), output.end(), '\n') == 8); // 5 to 12, each once
  follower.send_signal(SIGINT);
  CHECK(follower.wait(timeout) == -SIGINT);
}

TEST_CASE("tail: the command says why it cannot follow") {
  service running{with_key()};
  const auto url = "--url=http://127.0.0.1:" + std::to_string(running.port());
  const auto error_of = [](const std::vector<std::string>& arguments,
                           const std::map<std::string, std::string>& environment) {
    process follower{tested_program(), arguments, environment};
    CHECK(follower.wait(timeout) == 1);
    return follower.standard_error();
  };
  CHECK(error_of({"tail", url}, {}).find("401") != std::string::npos);
  CHECK(error_of({"tail", "colour:red", url}, {{"METRICS_API_KEY", reader_key}})
            .find("There is no field colour") != std::string::npos);
  running.kill();
  CHECK(error_of({"tail", url}, {}).find("is the service running there") != std::string::npos);
}
