// The DB writer on a scripted store, in virtual time.
#include <doctest/doctest.h>

#include "actors/db_writer.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/samples.hpp"
#include "tests/unit/actors/stub_aggregator.hpp"

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;
using db::outcome;

namespace {

struct told {
  std::vector<std::uint64_t> committed;
  std::vector<frame_key> unstored;
  std::vector<frame_key> frames;
  bool complete = false;
  std::uint64_t restored_lines = 0;
  std::vector<alert> alerts;
  bool alerts_came_last = false; // after the rollups, before the frames
  std::vector<writer_status> statuses;
  std::vector<std::string> elsewhere; // frame ids to take back
};

stored_rollup one_line() {
  stored_rollup result;
  result.data.lines = 1;
  return result;
}

class stub_receiver : public receiver_actor::base {
public:
  stub_receiver(caf::actor_config& config, std::shared_ptr<told> told)
      : receiver_actor::base(config), told_(std::move(told)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [](const submission&) {},
        [](const frame_ptr&) { return verdict::stored; },
        [](caf::flush_atom) {},
        [this](unstored_atom, std::uint64_t from) { return part_from(from); },
        [this](const reconciled_frames& known) {
          told_->frames.insert(told_->frames.end(), known.keys.begin(), known.keys.end());
          told_->complete = known.is_last;
        },
        [](kept_atom, std::uint64_t) { return kept_frames{}; },
        [](const missing_frames&) {},
        [this](const committed_frames& durable) {
          told_->committed.insert(told_->committed.end(), durable.sequences.begin(), durable.sequences.end());
        },
        [](dispatch_atom) {},
        [](attach_atom, std::uint32_t, const parser_actor&) {},
        [](reset_atom) {},
        [](status_atom) { return receiver_status{}; },
        [](drain_atom) { return true; },
        [](caf::tick_atom) {},
    };
  }

private:
  // One by one, so that parts must be put together.
  unstored_frames part_from(std::uint64_t from) const {
    const auto& all = told_->unstored;
    if (all.empty())
      return {};
    return {{all.at(from)}, from + 1 == all.size()};
  }

  std::shared_ptr<told> told_;
};

aggregator_ears ears_of(const std::shared_ptr<told>& heard) {
  return {.on_counts =
              [heard](const restored_counts& earlier) {
                heard->restored_lines += earlier.counts->all("").lines;
                heard->alerts_came_last = false;
              },
          .on_elsewhere =
              [heard](const stored_elsewhere& theirs) {
                for (const auto& batch : theirs.batches)
                  heard->elsewhere.push_back(batch->origin->key.id);
              },
          .on_alerts =
              [heard](const restored_alerts& earlier) {
                heard->alerts = earlier.alerts;
                heard->alerts_came_last = true;
              },
          .on_writer = [heard](const writer_status& status) { heard->statuses.push_back(status); }};
}

struct fixture : still_system {
  std::shared_ptr<store_script> script = std::make_shared<store_script>();
  std::shared_ptr<told> heard = std::make_shared<told>();
  receiver_actor receiver = system.spawn<stub_receiver>(heard);
  metrics_aggregator_actor aggregator = system.spawn<stub_aggregator>(ears_of(heard));
  db_writer_actor box;

  void start(storage_settings storage = {}) {
    box = system.spawn<db_writer>(std::make_unique<scripted_store>(script), storage, receiver_settings{},
                                  std::chrono::hours{24}, receiver, aggregator);
    run();
  }
  ~fixture() { stop(box, receiver, aggregator); }

  void take(std::uint64_t sequence, const std::string& id, std::uint32_t lines = 1) {
    caf::anon_send(box, some_batch(sequence, id, lines));
    run();
  }

  void take(const alert& next) {
    caf::anon_send(box, next);
    run();
  }

  writer_status status() { return ask<writer_status>(box, status_atom_v); }
};

alert some_alert(const std::string& type) {
  alert result;
  result.type = type;
  result.app = "shop";
  return result;
}

} // namespace

TEST_CASE_FIXTURE(fixture,
                  "db writer: tells which frames the database has, oldest first, and what it counted") {
  heard->unstored = {{"d", "open"}, {"d", "stored"}};
  script->stored = {"stored"};
  script->earlier_frames = {{"d", "new"}, {"d", "old"}};
  script->earlier_rollups = std::vector<stored_rollup>(3, one_line());
  start();
  CHECK(heard->complete);
  REQUIRE(heard->frames.size() == 3);
  CHECK(heard->frames[0].id == "old");
  CHECK(heard->frames[1].id == "new");
  CHECK(heard->frames[2].id == "stored");
  CHECK(heard->restored_lines == 3);
  CHECK(status().connected);
}

TEST_CASE_FIXTURE(fixture, "db writer: restores what all nodes counted, or what it is told") {
  start();
  CHECK(script->asked_nodes.names.empty());
  CHECK(script->asked_nodes.is_except);
  stop(box);
  box = system.spawn<db_writer>(std::make_unique<scripted_store>(script), storage_settings{},
                                receiver_settings{}, std::chrono::hours{24}, receiver, aggregator,
                                db::node_filter::only("a"));
  run();
  CHECK(script->asked_nodes.names == std::vector<std::string>{"a"});
  CHECK_FALSE(script->asked_nodes.is_except);
}

TEST_CASE_FIXTURE(fixture, "db writer: batches that come within the interval share a transaction") {
  start();
  take(1, "A");
  take(2, "B");
  CHECK(script->transactions.empty());
  CHECK(status().lag_lines == 2);
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
  CHECK_FALSE(status().connected);
  CHECK(status().last_error == "as the test says");
  take(2, "B");
  advance(100ms);
  CHECK(heard->committed.empty());
  advance(200ms);
  REQUIRE(script->transactions.size() == 1);
  CHECK(script->transactions[0] == std::vector<std::string>{"A", "B"});
  CHECK(heard->committed.size() == 2);
  CHECK(status().connected);
  CHECK(status().last_error.empty());
}

TEST_CASE_FIXTURE(fixture, "db writer: the pause between attempts grows up to five seconds") {
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

TEST_CASE_FIXTURE(fixture, "db writer: tells which alerts earlier runs left, after what they counted") {
  script->earlier_rollups = std::vector<stored_rollup>(3, one_line());
  script->earlier_alerts = {some_alert("a"), some_alert("b")};
  start();
  CHECK(heard->alerts == script->earlier_alerts);
  CHECK(heard->alerts_came_last);
}

TEST_CASE_FIXTURE(fixture,
                  "db writer: alerts that cannot be read yet are asked for again, others are done without") {
  script->alert_recalls = {outcome::retry};
  script->earlier_alerts = {some_alert("a")};
  start();
  CHECK_FALSE(heard->complete);
  advance(100ms);
  CHECK(heard->complete);
  CHECK(heard->alerts.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "db writer: without readable alerts it goes on") {
  script->alert_recalls = {outcome::rejected};
  start();
  CHECK(heard->complete);
  CHECK(heard->alerts_came_last);
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
  CHECK_FALSE(status().connected);
  advance(100ms);
  advance(200ms);
  REQUIRE(script->alerts.size() == 1);
  CHECK(script->alerts[0] == std::vector<alert>{some_alert("a"), some_alert("b")});
  CHECK(status().connected);
  CHECK(status().last_error.empty());
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

TEST_CASE_FIXTURE(fixture, "db writer: tells the aggregator how it is doing, in good and in bad times") {
  start();
  REQUIRE_FALSE(heard->statuses.empty());
  CHECK(heard->statuses.back().connected);
  script->writes = {outcome::retry};
  take(1, "A", 7);
  advance(200ms);
  CHECK_FALSE(heard->statuses.back().connected);
  CHECK(heard->statuses.back().lag_lines == 7);
  advance(100ms);
  CHECK(heard->statuses.back().connected);
  CHECK(heard->statuses.back().stored_lines == 7);
  CHECK(heard->statuses.back().lag_lines == 0);
}

TEST_CASE_FIXTURE(fixture,
                  "db writer: what another node has stored counts as stored and is taken back, once") {
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
