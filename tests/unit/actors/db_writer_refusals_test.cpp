// The DB writer and frames that the database refuses.
#include <doctest/doctest.h>

#include "tests/support/problem_in.hpp"
#include "tests/unit/actors/db_writer_fixture.hpp"

namespace db_writer_refusals_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;
using db::outcome;

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: a frame that the database refuses is set aside and does not block the others") {
  start();
  script->poison = {"B"};
  take(1, "A");
  take(2, "B");
  take(3, "C");
  advance(200ms);
  CHECK(script->transactions == std::vector<std::vector<std::string>>{{"A"}, {"C"}});
  CHECK(script->set_aside == std::vector<std::string>{"B"});
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(status().rejected_frames == 1);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: of many batches the one that is refused is found in few tries") {
  script->opens = {outcome::retry};
  start();
  script->poison = {"700"};
  for (std::uint64_t i = 1; i <= 1'000; ++i)
    caf::anon_send(box, batch_group{{some_batch(i, std::to_string(i))}});
  run();
  advance(100ms);
  CHECK(script->set_aside == std::vector<std::string>{"700"});
  CHECK(heard->committed.size() == 1'000);
  CHECK(script->write_calls < 100);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: a row of refusals stops storing until the database takes frames again") {
  script->opens = {outcome::retry};
  start();
  for (std::uint64_t i = 1; i <= 100; ++i) {
    script->poison.push_back(std::to_string(i));
    caf::anon_send(box, batch_group{{some_batch(i, std::to_string(i))}});
  }
  run();
  advance(100ms);
  CHECK(script->set_aside.size() == 20);
  CHECK(status().rejected_frames == 20);
  CHECK(problem_in(status().stopped).find("refused 20 frames in a row") != std::string::npos);
  CHECK(problem_in(status().stopped).find("poison") != std::string::npos);
  CHECK(problem_in(status().last_error) != "");
  const int calls = script->write_calls;
  for (int i = 0; i < 10; ++i)
    advance(30s);
  CHECK(script->set_aside.size() == 20);
  CHECK(script->write_calls == calls + 10); // at a slow pace
  script->poison.clear();                   // an operator has removed the cause
  advance(30s);
  CHECK(heard->committed.size() == 100);
  CHECK(script->set_aside.size() == 20);
  CHECK(problem_in(status().stopped) == "");
  CHECK(problem_in(status().last_error) == "");
  CHECK(status().is_connected);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: frames that are refused do not stop those behind them for ever") {
  script->opens = {outcome::retry};
  start();
  for (std::uint64_t i = 1; i <= 30; ++i) {
    if (i <= 25)
      script->poison.push_back(std::to_string(i));
    caf::anon_send(box, batch_group{{some_batch(i, std::to_string(i))}});
  }
  run();
  advance(100ms);
  for (int i = 0; i < 10; ++i)
    advance(30s);
  CHECK(heard->committed.size() == 30);
  CHECK(script->set_aside.size() == 25);
  CHECK(problem_in(status().stopped) == "");
}

} // namespace db_writer_refusals_test
