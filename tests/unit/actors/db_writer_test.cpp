// The DB writer with a scripted store, in virtual time.
#include <doctest/doctest.h>

#include "actors/db_writer.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/samples.hpp"
#include "tests/unit/actors/stub_aggregator.hpp"
#include "tests/unit/actors/stub_judge.hpp"

namespace db_writer_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;
using db::outcome;

namespace {

struct receiver_log {
  std::vector<std::uint64_t> committed;
  std::vector<frame_key> unstored;
  std::vector<frame_key> kept;
  std::vector<frame_key> frames;
  std::vector<std::string> missing;
  bool complete = false;
  std::uint64_t restored_lines = 0;
  std::vector<alert> alerts;
  bool counts_came_first = false; // they are there for the question of a judge that has its alerts
  std::vector<writer_status> statuses;
  std::vector<std::string> elsewhere; // frame ids to subtract
};

stored_rollup one_line() {
  stored_rollup result;
  result.data.lines = 1;
  return result;
}

class stub_receiver : public receiver_actor::base {
public:
  stub_receiver(caf::actor_config& config, std::shared_ptr<receiver_log> received)
      : receiver_actor::base(config), received_(std::move(received)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [](const submission&) {},
        [](const frame_ptr&) { return verdict::stored; },
        [](caf::flush_atom) {},
        [this](unstored_atom, std::uint64_t from) {
          return part_of<unstored_frames>(received_->unstored, from);
        },
        [this](const reconciled_frames& known) {
          received_->frames.insert(received_->frames.end(), known.keys.begin(), known.keys.end());
          received_->complete = known.is_last;
        },
        [this](kept_atom, std::uint64_t from) { return part_of<kept_frames>(received_->kept, from); },
        [this](const missing_frames& missing) {
          for (const auto& key : missing.keys)
            received_->missing.push_back(key.id);
        },
        [this](const committed_frames& durable) {
          received_->committed.insert(received_->committed.end(), durable.sequences.begin(),
                                      durable.sequences.end());
        },
        [](dispatch_atom) {},
        [](join_pool_atom, std::uint32_t, const parser_actor&) {},
        [](reset_atom) {},
        [](status_atom) { return receiver_status{}; },
        [](settle_atom) { return true; },
        [](caf::tick_atom) {},
    };
  }

private:
  // Returns one key at a time, so that parts must be put together.
  template <class Part>
  static Part part_of(const std::vector<frame_key>& all, std::uint64_t from) {
    if (all.empty())
      return {};
    return {{all.at(from)}, from + 1 == all.size()};
  }

  std::shared_ptr<receiver_log> received_;
};

aggregator_callbacks callbacks_of(const std::shared_ptr<receiver_log>& heard) {
  return {
      .on_counts =
          [heard](const restored_counts& earlier) { heard->restored_lines += earlier.counts->all("").lines; },
      .on_elsewhere =
          [heard](const stored_elsewhere& theirs) {
            for (const auto& batch : theirs.batches)
              heard->elsewhere.push_back(batch->origin->key.id);
          },
      .on_watch = [heard] { heard->counts_came_first = heard->restored_lines > 0; }};
}

judge_callbacks judge_callbacks_of(const std::shared_ptr<receiver_log>& heard,
                                   const metrics_aggregator_actor& aggregator) {
  return {.on_alerts =
              [heard, aggregator](const restored_alerts& earlier) {
                heard->alerts = earlier.alerts;
                caf::anon_send(aggregator, watch_query{});
              },
          .on_writer = [heard](const writer_status& status) { heard->statuses.push_back(status); },
          .on_webhook = {},
          .on_posted = {}};
}

struct fixture : still_system {
  db_writer_settings settings{storage_settings{}.batch_lines, storage_settings{}.batch_interval};
  std::shared_ptr<store_script> script = std::make_shared<store_script>();
  std::shared_ptr<receiver_log> heard = std::make_shared<receiver_log>();
  receiver_actor receiver = system.spawn<stub_receiver>(heard);
  metrics_aggregator_actor aggregator = system.spawn<stub_aggregator>(callbacks_of(heard));
  judge_actor judge = system.spawn<stub_judge>(judge_callbacks_of(heard, aggregator));
  db_writer_actor box;

  void start() {
    box = system.spawn<boxed<db_writer>>(std::make_unique<scripted_store>(script), settings, receiver,
                                         aggregator, judge);
    run();
  }
  ~fixture() { stop(box, receiver, aggregator, judge); }

  void take(std::uint64_t sequence, const std::string& id, std::uint32_t lines = 1) {
    caf::anon_send(box, some_batch(sequence, id, lines));
    run();
  }

  void take(const alert& next) {
    caf::anon_send(box, next);
    run();
  }

  // What the judge would show now.
  const writer_status& status() const { return heard->statuses.back(); }
};

alert some_alert(const std::string& type) {
  alert result;
  result.type = type;
  result.app = "shop";
  return result;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "db writer: reports which frames the database has, and what it counted") {
  heard->unstored = {{"d", "open"}, {"d", "stored"}, {"d", "other"}, {"d", "too"}};
  script->stored = {"stored", "too"};
  script->earlier_rollups = std::vector<stored_rollup>(3, one_line());
  script->unreadable_rollups = 1; // skipped
  start();
  CHECK(heard->complete);
  CHECK(heard->frames == std::vector<frame_key>{{"d", "stored"}, {"d", "too"}});
  CHECK(heard->restored_lines == 3);
  CHECK(status().is_connected);
}

TEST_CASE_FIXTURE(fixture, "db writer: restores what all nodes counted, or what it is asked to") {
  start();
  CHECK(script->asked_nodes.names.empty());
  CHECK(script->asked_nodes.is_except);
  stop(box);
  box = system.spawn<boxed<db_writer>>(std::make_unique<scripted_store>(script), settings, receiver,
                                       aggregator, judge, db::node_filter::only("a"));
  run();
  CHECK(script->asked_nodes.names == std::vector<std::string>{"a"});
  CHECK_FALSE(script->asked_nodes.is_except);
}

TEST_CASE_FIXTURE(fixture, "db writer: batches that come within the interval share a transaction") {
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

TEST_CASE_FIXTURE(fixture, "db writer: a full transaction does not wait") {
  start();
  take(1, "A", 9'999);
  CHECK(script->transactions.empty());
  take(2, "B", 1);
  CHECK(script->transactions.size() == 1);
  CHECK(heard->committed.size() == 2);
}

TEST_CASE_FIXTURE(fixture, "db writer: lines wait for a database that is away and are stored once") {
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

TEST_CASE_FIXTURE(fixture, "db writer: the backoff between attempts grows up to five seconds") {
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

TEST_CASE_FIXTURE(fixture, "db writer: earlier state that cannot be read yet is asked for again") {
  script->recalls = {outcome::retry};
  start();
  CHECK_FALSE(heard->complete);
  advance(100ms);
  CHECK(heard->complete);
}

TEST_CASE_FIXTURE(fixture,
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

TEST_CASE_FIXTURE(fixture, "db writer: a database that can never be used ends the box") {
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

TEST_CASE_FIXTURE(fixture, "db writer: reports which alerts earlier runs left, after what they counted") {
  script->earlier_rollups = std::vector<stored_rollup>(3, one_line());
  script->earlier_alerts = {some_alert("a"), some_alert("b")};
  start();
  CHECK(heard->alerts == script->earlier_alerts);
  CHECK(heard->counts_came_first);
}

TEST_CASE_FIXTURE(fixture, "db writer: an alert is stored at once, or with the lines that wait already") {
  start();
  take(some_alert("a"));
  REQUIRE(script->alerts.size() == 1);
  CHECK(script->alerts[0] == std::vector<alert>{some_alert("a")});
  take(1, "A");
  take(some_alert("b"));
  CHECK(script->alerts.size() == 1);
  advance(200ms);
  CHECK(script->transactions.size() == 1);
  REQUIRE(script->alerts.size() == 2);
  CHECK(script->alerts[1] == std::vector<alert>{some_alert("b")});
}

TEST_CASE_FIXTURE(fixture, "db writer: alerts wait for a database that is away, also without lines") {
  start();
  script->alert_writes = {outcome::retry, outcome::in_doubt};
  take(some_alert("a"));
  take(some_alert("b"));
  CHECK(script->alerts.empty());
  CHECK_FALSE(status().is_connected);
  advance(100ms);
  advance(200ms);
  REQUIRE(script->alerts.size() == 1);
  CHECK(script->alerts[0] == std::vector<alert>{some_alert("a"), some_alert("b")});
  CHECK(status().is_connected);
  CHECK(problem_in(status().last_error) == "");
}

TEST_CASE_FIXTURE(fixture, "db writer: alerts that the database refuses are given up and hold up no lines") {
  start();
  script->alert_writes = {outcome::rejected};
  take(some_alert("a"));
  take(1, "A");
  advance(200ms);
  CHECK(script->alerts.empty());
  CHECK(heard->committed == std::vector<std::uint64_t>{1});
  take(some_alert("b"));
  CHECK(script->alerts.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "db writer: alerts that come before the database is known wait for it") {
  script->opens = {outcome::retry};
  start();
  take(some_alert("a"));
  CHECK(script->alerts.empty());
  advance(100ms);
  CHECK(script->alerts.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "db writer: of alerts beyond the bound the oldest are not stored") {
  script->opens = {outcome::retry};
  start();
  for (std::size_t i = 0; i <= db_writer::max_pending_alerts; ++i)
    caf::anon_send(box, some_alert(std::to_string(i)));
  run();
  advance(100ms);
  REQUIRE(script->alerts.size() == 1);
  CHECK(script->alerts[0].size() == db_writer::max_pending_alerts);
  CHECK(script->alerts[0].front().type == "1");
}

TEST_CASE_FIXTURE(fixture, "db writer: notifies the judge of how it is doing, in good and in bad times") {
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

TEST_CASE_FIXTURE(fixture, "db writer: reports before each transaction, because it cannot during one") {
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

TEST_CASE_FIXTURE(fixture,
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
    fixture,
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

TEST_CASE_FIXTURE(fixture, "db writer: the lag that it reports grows while the database is away") {
  script->opens = {outcome::retry};
  start();
  take(1, "A", 3);
  take(2, "B", 4);
  CHECK(status().lag_lines == 7);
}

TEST_CASE_FIXTURE(fixture,
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

TEST_CASE_FIXTURE(fixture,
                  "db writer: what another node has stored counts as stored and is subtracted, once") {
  start();
  script->elsewhere = {"B", "D"};
  script->writes = {outcome::retry};
  take(1, "A", 3);
  take(2, "B", 5);
  advance(200ms);
  CHECK(heard->elsewhere.empty());
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"B"});
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2});
  CHECK(heard->statuses.back().stored_lines == 8);
  script->poison = {"C"};
  take(3, "C");
  take(4, "D");
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"B", "D"});
  CHECK(heard->committed.size() == 4);
}

TEST_CASE_FIXTURE(fixture, "db writer: a backlog goes in transactions that are bounded in lines and bytes") {
  script->opens = {outcome::retry};
  start();
  for (std::uint64_t i = 1; i <= 5; ++i)
    take(i, std::to_string(i), transaction_size::max_lines / 2);
  advance(100ms);
  CHECK(script->transactions == std::vector<std::vector<std::string>>{{"1", "2"}, {"3", "4"}, {"5"}});
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
}

TEST_CASE_FIXTURE(fixture, "db writer: a backlog that a slow link undoes is stored in smaller steps") {
  script->opens = {outcome::retry};
  start();
  script->max_lines = 10'000; // a transaction of more does not finish in time
  for (std::uint64_t i = 1; i <= 300; ++i)
    caf::anon_send(box, some_batch(i, std::to_string(i), 1'000));
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
    caf::anon_send(box, some_batch(i, std::to_string(i), 1'000));
  run();
  advance(5s);
  CHECK(heard->committed.size() == 600);
  CHECK(status().transaction_lines == transaction_size::max_lines);
}

TEST_CASE_FIXTURE(fixture,
                  "db writer: a frame that was stored before its first try is subtracted, and counted") {
  start();
  take(1, "A", 3);
  advance(200ms);
  take(2, "A", 3); // a retry that the receiver has forgotten
  take(3, "B");
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"A"});
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(status().duplicates == 1);
  // The same after a try that certainly stored nothing.
  script->writes = {outcome::retry};
  take(4, "B");
  advance(200ms);
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"A", "B"});
  CHECK(status().duplicates == 2);
}

TEST_CASE_FIXTURE(fixture, "db writer: a frame whose commit was in doubt is not subtracted") {
  start();
  script->writes = {outcome::in_doubt};
  script->commits_in_doubt = true;
  take(1, "A");
  advance(200ms);
  CHECK(heard->committed.empty());
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1});
  CHECK(heard->elsewhere.empty());
  CHECK(status().duplicates == 0);
  take(2, "A"); // a later retry of it is subtracted
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"A"});
  CHECK(status().duplicates == 1);
}

TEST_CASE_FIXTURE(fixture, "db writer: a doubt outlives tries that fail otherwise") {
  start();
  script->writes = {outcome::in_doubt, outcome::retry};
  script->commits_in_doubt = true;
  take(1, "A");
  for (int i = 0; i < 5; ++i)
    advance(400ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1});
  CHECK(heard->elsewhere.empty());
}

TEST_CASE_FIXTURE(fixture,
                  "db writer: what another node stored while the own commit was in doubt is subtracted") {
  start();
  script->writes = {outcome::in_doubt};
  take(1, "A");
  advance(200ms);
  script->elsewhere = {"A"};
  advance(200ms);
  CHECK(heard->elsewhere == std::vector<std::string>{"A"});
}

TEST_CASE_FIXTURE(fixture, "db writer: a commit of an earlier run that lands late is not subtracted") {
  heard->unstored = {{"d.1", "A"}};
  start();
  REQUIRE(heard->frames.empty());
  script->stored = {"A"}; // released by a synchronous standby, after the earlier run was killed
  take(1, "A");           // parsed again from the journal
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1});
  CHECK(heard->elsewhere.empty());
  CHECK(status().duplicates == 0);
}

TEST_CASE_FIXTURE(fixture, "db writer: of many batches the one that is refused is found in few tries") {
  script->opens = {outcome::retry};
  start();
  script->poison = {"700"};
  for (std::uint64_t i = 1; i <= 1'000; ++i)
    caf::anon_send(box, some_batch(i, std::to_string(i)));
  run();
  advance(100ms);
  CHECK(script->set_aside == std::vector<std::string>{"700"});
  CHECK(heard->committed.size() == 1'000);
  CHECK(script->write_calls < 100);
}

TEST_CASE_FIXTURE(fixture,
                  "db writer: a row of refusals stops storing until the database takes frames again") {
  script->opens = {outcome::retry};
  start();
  for (std::uint64_t i = 1; i <= 100; ++i) {
    script->poison.push_back(std::to_string(i));
    caf::anon_send(box, some_batch(i, std::to_string(i)));
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

TEST_CASE_FIXTURE(fixture, "db writer: frames that are refused do not stop those behind them for ever") {
  script->opens = {outcome::retry};
  start();
  for (std::uint64_t i = 1; i <= 30; ++i) {
    if (i <= 25)
      script->poison.push_back(std::to_string(i));
    caf::anon_send(box, some_batch(i, std::to_string(i)));
  }
  run();
  advance(100ms);
  for (int i = 0; i < 10; ++i)
    advance(30s);
  CHECK(heard->committed.size() == 30);
  CHECK(script->set_aside.size() == 25);
  CHECK(problem_in(status().stopped) == "");
}

TEST_CASE_FIXTURE(fixture, "db writer: reports how large the database's write-ahead log is") {
  start();
  script->log_bytes = 300u << 20;
  take(1, "A");
  advance(200ms);
  CHECK(status().log_bytes == 300u << 20);
  CHECK(heard->committed.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "db writer: a database that was away and has all is written to at once") {
  start();
  heard->kept = {{"d.1", "unknown"}}; // it would be reported missing if the database were asked
  take(1, "A");
  advance(200ms);
  script->writes = {outcome::retry};
  take(2, "B");
  advance(200ms);
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2});
  CHECK(heard->missing.empty());
}

TEST_CASE_FIXTURE(fixture,
                  "db writer: what a database lacks after a failover is stored again, and not subtracted") {
  start();
  for (std::uint64_t i = 1; i <= 4; ++i) {
    take(i, std::to_string(i));
    advance(200ms);
  }
  heard->kept = {{"d.1", "2"}, {"d.1", "3"}, {"d.1", "4"}};
  script->transactions = {{"1"}, {"2"}}; // a standby that lagged
  script->writes = {outcome::retry};
  script->recalls = {outcome::retry, outcome::done, outcome::retry}; // and does not work well at first
  take(5, "5");
  for (int i = 0; i < 10; ++i)
    advance(1s);
  REQUIRE(heard->missing.size() >= 2);
  CHECK(heard->missing[heard->missing.size() - 2] == "3");
  CHECK(heard->missing.back() == "4");
  CHECK(script->transactions.back() == std::vector<std::string>{"5"});
  take(6, "3");                          // the receiver has read it again, for the database only
  script->transactions.push_back({"4"}); // only that server lacked it
  take(7, "4");
  advance(200ms);
  CHECK(heard->committed == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7});
  CHECK(heard->elsewhere.empty());
  CHECK(status().duplicates == 0);
}

TEST_CASE_FIXTURE(fixture, "db writer: reports what retention waits for") {
  start();
  caf::anon_send(box, retention_status{problem{"the clock"}});
  run();
  CHECK(problem_in(status().retention_waits) == "the clock");
}

} // namespace db_writer_test
