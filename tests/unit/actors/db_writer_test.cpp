// The DB writer: transactions, a database that is away, and what the writer reports.
#include <doctest/doctest.h>

#include "tests/support/problem_in.hpp"
#include "tests/unit/actors/db_writer_fixture.hpp"

namespace db_writer_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;
using db::outcome;

namespace {

alert some_alert(const std::string& type) {
  alert result;
  result.type = type;
  result.app = "shop";
  return result;
}

} // namespace

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: batches that come within the interval share a transaction") {
  start();
  take(1, "A");
  take(2, "B");
  CHECK(script->transactions.empty());
  advance(200ms);
  REQUIRE(script->transactions.size() == 1);
  CHECK(script->transactions[0] == std::vector<std::string>{"A", "B"});
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2});
  CHECK(status().lag_lines == 0);
  CHECK(status().stored_lines == 2);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: a full transaction does not wait") {
  start();
  take(1, "A", 9'999);
  CHECK(script->transactions.empty());
  take(2, "B", 1);
  CHECK(script->transactions.size() == 1);
  CHECK(heard->committed.size() == 2);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: lines wait for a database that is away and are stored once") {
  start();
  script->writes = {outcome::retry, outcome::in_doubt};
  take(1, "A");
  advance(200ms);
  CHECK(heard->committed.empty());
  CHECK_FALSE(status().is_connected);
  CHECK(problem_in(status().last_error) == "as the test says");
  take(2, "B");
  advance(100ms);
  CHECK(heard->committed.empty());
  advance(200ms);
  REQUIRE(script->transactions.size() == 1);
  CHECK(script->transactions[0] == std::vector<std::string>{"A", "B"});
  CHECK(heard->committed.size() == 2);
  CHECK(status().is_connected);
  CHECK(problem_in(status().last_error) == "");
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: the backoff between attempts grows up to five seconds") {
  script->opens.assign(12, outcome::retry);
  start();
  CHECK(script->open_calls == 1);
  advance(100ms);
  CHECK(script->open_calls == 2);
  advance(100ms);
  CHECK(script->open_calls == 2);
  advance(100ms);
  CHECK(script->open_calls == 3);
  for (int i = 0; i < 9; ++i)
    advance(5s);
  CHECK(script->open_calls == 12);
  CHECK_FALSE(heard->complete);
  advance(5s);
  CHECK(heard->complete);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: a database that can never be used ends the box") {
  script->opens = {outcome::rejected};
  start();
  bool down = false;
  self->monitor(box);
  self->receive([&](caf::down_msg& message) {
    down = true;
    CHECK(message.reason == make_error(ec::store_unusable));
  });
  CHECK(down);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: notifies the judge of how it is doing, in good and in bad times") {
  start();
  REQUIRE_FALSE(heard->statuses.empty());
  CHECK(heard->statuses.back().is_connected);
  script->writes = {outcome::retry};
  take(1, "A", 7);
  advance(200ms);
  CHECK_FALSE(heard->statuses.back().is_connected);
  CHECK(heard->statuses.back().lag_lines == 7);
  advance(100ms);
  CHECK(heard->statuses.back().is_connected);
  CHECK(heard->statuses.back().stored_lines == 7);
  CHECK(heard->statuses.back().lag_lines == 0);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: reports before each transaction, because it cannot during one") {
  start();
  CHECK(status().busy_since == timestamp{});
  take(1, "A", 3);
  CHECK(status().lag_lines == 3);
  take(2, "B", 4);
  heard->statuses.clear();
  advance(200ms);
  REQUIRE(heard->statuses.size() == 2);
  CHECK(heard->statuses[0].is_connected);
  CHECK(heard->statuses[0].busy_since > timestamp{});
  CHECK(heard->statuses[0].lag_lines == 7);
  CHECK(heard->statuses[1].busy_since == timestamp{});
  CHECK(heard->statuses[1].lag_lines == 0);
  heard->statuses.clear();
  take(some_alert("a"));
  REQUIRE(heard->statuses.size() == 2);
  CHECK(heard->statuses[0].busy_since > timestamp{});
  CHECK(heard->statuses[1].busy_since == timestamp{});
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: reports at its start, and that it is connected before it reads what is there") {
  start();
  REQUIRE(heard->statuses.size() == 4);
  CHECK(heard->statuses[0].kind == "scripted");
  CHECK_FALSE(heard->statuses[0].is_connected);
  CHECK(heard->statuses[1].is_connected);
  CHECK(heard->statuses[2].busy_since > timestamp{});
  CHECK(heard->statuses[3].is_connected);
  CHECK(heard->statuses[3].busy_since == timestamp{});
}

TEST_CASE_FIXTURE(
    db_writer_fixture,
    "db writer: a database that is there and takes nothing is not connected, not even during a try") {
  start();
  script->writes.assign(4, outcome::retry);
  take(1, "A");
  advance(200ms);
  heard->statuses.clear();
  for (int i = 0; i < 3; ++i)
    advance(1s);
  CHECK(script->writes.empty());
  CHECK(heard->statuses.size() == 6);
  for (const auto& received : heard->statuses) {
    CHECK_FALSE(received.is_connected);
    CHECK(problem_in(received.last_error) == "as the test says");
  }
  advance(1s);
  CHECK(status().is_connected);
  CHECK(problem_in(status().last_error) == "");
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: the lag that it reports grows while the database is away") {
  script->opens = {outcome::retry};
  start();
  take(1, "A", 3);
  take(2, "B", 4);
  CHECK(status().lag_lines == 7);
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: a database that was away while nothing waited is connected, and takes lines") {
  start();
  take(1, "A", 9'999);
  take(2, "B", 1); // written at once; the flush of the first is still due
  script->opens = {outcome::retry};
  advance(200ms);
  CHECK_FALSE(status().is_connected);
  advance(100ms);
  CHECK(status().is_connected);
  take(3, "C");
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: a backlog goes in transactions that are bounded in lines and bytes") {
  script->opens = {outcome::retry};
  start();
  for (std::uint64_t i = 1; i <= 5; ++i)
    take(i, std::to_string(i), transaction_size::max_lines / 2);
  advance(100ms);
  CHECK(script->transactions == std::vector<std::vector<std::string>>{{"1", "2"}, {"3", "4"}, {"5"}});
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
}

TEST_CASE_FIXTURE(db_writer_fixture,
                  "db writer: a backlog that a slow link undoes is stored in smaller steps") {
  script->opens = {outcome::retry};
  start();
  script->max_lines = 10'000; // a transaction of more does not finish in time
  for (std::uint64_t i = 1; i <= 300; ++i)
    caf::anon_send(box, batch_group{{some_batch(i, std::to_string(i), 1'000)}});
  run();
  for (int i = 0; i < 100 && heard->committed.size() < 300; ++i)
    advance(5s);
  CHECK(heard->committed.size() == 300);
  std::size_t largest = 0;
  for (const auto& ids : script->transactions)
    largest = std::max(largest, ids.size());
  CHECK(largest == 6); // 50 000 lines, halved three times
  script->max_lines = UINT32_MAX;
  CHECK(status().transaction_lines < transaction_size::max_lines);
  for (std::uint64_t i = 301; i <= 600; ++i)
    caf::anon_send(box, batch_group{{some_batch(i, std::to_string(i), 1'000)}});
  run();
  advance(5s);
  CHECK(heard->committed.size() == 600);
  CHECK(status().transaction_lines == transaction_size::max_lines);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: reports how large the database's write-ahead log is") {
  start();
  script->log_bytes = 300u << 20;
  take(1, "A");
  advance(200ms);
  CHECK(status().log_bytes == 300u << 20);
  CHECK(heard->committed.size() == 1);
}

TEST_CASE_FIXTURE(db_writer_fixture, "db writer: reports what retention waits for") {
  start();
  caf::anon_send(box, retention_status{problem{"the clock"}});
  run();
  CHECK(problem_in(status().retention_waits) == "the clock");
}

} // namespace db_writer_test
