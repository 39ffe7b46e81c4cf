// The pace of retention, with a scripted one, in virtual time.
#include <doctest/doctest.h>

#include "actors/retention.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/scripted_retention.hpp"
#include "tests/support/still_system.hpp"

namespace retention_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;
using db::outcome;

namespace {

// Receives the messages of retention.
class stub_listener : public retention_listener_actor::base {
public:
  stub_listener(caf::actor_config& config, std::shared_ptr<std::vector<std::string>> received)
      : retention_listener_actor::base(config), received_(std::move(received)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const retention_status& status) { received_->push_back(problem_in(status.waits)); }};
  }

private:
  std::shared_ptr<std::vector<std::string>> received_;
};

// A receiver that is asked only whether it is ready, and for the age of its journal.
class stub_receiver : public receiver_source_actor::base {
public:
  stub_receiver(caf::actor_config& config, std::shared_ptr<bool> is_ready,
                std::shared_ptr<timestamp> oldest_record)
      : receiver_source_actor::base(config), is_ready_(std::move(is_ready)),
        oldest_record_(std::move(oldest_record)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](status_atom) {
      receiver_status status;
      status.is_ready = *is_ready_;
      status.oldest_record_at = *oldest_record_;
      return status;
    }};
  }

private:
  std::shared_ptr<bool> is_ready_;
  std::shared_ptr<timestamp> oldest_record_;
};

struct fixture : still_system {
  std::shared_ptr<retention_script> script = std::make_shared<retention_script>();
  std::shared_ptr<bool> is_ready = std::make_shared<bool>(true);
  std::shared_ptr<timestamp> oldest_record = std::make_shared<timestamp>();
  receiver_source_actor receiver = system.spawn<stub_receiver>(is_ready, oldest_record);
  std::shared_ptr<std::vector<std::string>> received = std::make_shared<std::vector<std::string>>();
  retention_listener_actor listener = system.spawn<stub_listener>(received);
  retention_actor box;

  void start() {
    box = system.spawn<boxed<retention>>(std::make_unique<scripted_retention>(script), receiver, listener);
    run();
  }
  ~fixture() { stop(box, receiver, listener); }

  void will(outcome code, int times = 1) {
    for (; times > 0; --times) {
      db::retention_step next;
      next.outcome = {code, code == outcome::done ? "" : "as the test says"};
      script->steps.push_back(std::move(next));
    }
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "retention: begins soon, goes on step by step, and rests after a pass") {
  will(outcome::done, 3);
  start();
  CHECK(script->calls == 0);
  for (int expected = 1; expected <= 4; ++expected) { // the fourth step finds nothing to do
    advance(retention::step_interval);
    CHECK(script->calls == expected);
  }
  advance(retention::pass_interval - 1ms);
  CHECK(script->calls == 4);
  advance(1ms);
  advance(retention::step_interval);
  CHECK(script->calls == 5);
}

TEST_CASE_FIXTURE(fixture, "retention: removes nothing before the receiver knows what is stored") {
  *is_ready = false;
  start();
  for (int i = 0; i < 100; ++i)
    advance(1s);
  CHECK(script->calls == 0);
  *is_ready = true;
  advance(1s);
  advance(retention::step_interval);
  CHECK(script->calls == 1);
  // Boxes were replaced meanwhile, so the pipeline is not ready again.
  *is_ready = false;
  advance(retention::pass_interval);
  advance(10s);
  CHECK(script->calls == 1);
}

TEST_CASE_FIXTURE(fixture, "retention: each pass keeps the keys of what the journal holds when it begins") {
  *oldest_record = system_time() - 30 * 24h;
  start();
  advance(retention::step_interval);
  CHECK(script->limits.keep_frames_since == *oldest_record);
  *oldest_record = {}; // the journal holds nothing
  advance(retention::pass_interval);
  advance(retention::step_interval);
  CHECK(script->calls == 2);
  CHECK(script->limits.keep_frames_since == timestamp::max());
}

TEST_CASE_FIXTURE(fixture, "retention: a database that is away is tried with growing pauses") {
  will(outcome::retry, 9);
  will(outcome::done);
  will(outcome::retry);
  will(outcome::done);
  start();
  advance(retention::step_interval);
  CHECK(script->calls == 1);
  int expected = 1;
  for (auto backoff : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 64s, 64s}) {
    advance(backoff - 1ms);
    CHECK(script->calls == expected);
    advance(1ms);
    CHECK(script->calls == ++expected);
  }
  // The tenth step succeeded, so the next failure costs a short pause.
  advance(retention::step_interval);
  CHECK(script->calls == 11);
  advance(retention::first_failure_backoff);
  CHECK(script->calls == 12);
}

TEST_CASE_FIXTURE(fixture,
                  "retention: removes nothing while the clock and the database's differ, and says so") {
  script->clocks = db::retention_clocks{{}, system_time() - 40 * 24h, {}};
  start();
  for (int i = 0; i < 3; ++i)
    advance(retention::pass_interval);
  CHECK(script->calls == 0);
  REQUIRE(received->size() == 1);
  CHECK(received->back().find("differ by 960.0 h") != std::string::npos);
  script->clocks->database = system_time();
  advance(retention::pass_interval);
  advance(retention::step_interval);
  CHECK(script->calls == 1);
  CHECK(received->back().empty());
}

TEST_CASE_FIXTURE(fixture, "retention: a database that does not answer what time it is is asked again") {
  script->clocks = db::retention_clocks{{outcome::retry, "as the test says"}, {}, {}};
  start();
  CHECK(script->calls == 0);
  script->clocks.reset();
  advance(retention::first_failure_backoff);
  advance(retention::step_interval);
  CHECK(script->calls == 1);
}

} // namespace retention_test
