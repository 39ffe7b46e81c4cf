// The webhook: which alerts wait and for how long, and the box in virtual time.
#include <doctest/doctest.h>

#include "actors/alerting/webhook.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/stub_judge.hpp"

namespace webhook_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

alert some_alert(const std::string& type = "high_error_rate") {
  return {type,       "shop",
          "critical", "12.5 % of 80 requests of shop in 5 min failed (limit 5 %)",
          12.5,       std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min + 31s + 482'915us,
          false,      {},
          12.5,       12.5,
          {}};
}

// What the box posted, and how the test answers.
struct post_script {
  std::vector<std::string> types; // of the alerts, in the order of the posts
  std::deque<std::string> problems;
};

class scripted_poster : public alert_poster {
public:
  explicit scripted_poster(std::shared_ptr<post_script> script) : script_(std::move(script)) {}

  expected<> post(const alert& what) override {
    script_->types.push_back(what.type);
    if (script_->problems.empty())
      return {};
    problem why{script_->problems.front()};
    script_->problems.pop_front();
    return why;
  }

  void stop() override {}

private:
  std::shared_ptr<post_script> script_;
};

struct fixture : still_system {
  std::shared_ptr<post_script> script = std::make_shared<post_script>();
  std::shared_ptr<webhook_status> received = std::make_shared<webhook_status>();
  webhook_actor box = system.spawn<boxed<webhook>>(std::make_shared<scripted_poster>(script));
  std::shared_ptr<std::vector<std::string>> posted = std::make_shared<std::vector<std::string>>(); // types
  judge_actor judge = system.spawn<stub_judge>(judge_callbacks{
      .on_webhook = [received = received](const webhook_status& status) { *received = status; },
      .on_posted = [posted = posted](const posted_alert& one) { posted->push_back(one.what.type); }});

  fixture() {
    caf::anon_send(box, subscribe_atom_v, judge);
    run();
  }
  ~fixture() { stop(box, judge); }

  void announce(const std::string& type) {
    caf::anon_send(box, some_alert(type));
    run();
  }
};

} // namespace

TEST_CASE("webhook queue: pauses double up to a minute, and are short again after a success") {
  webhook_queue queue;
  queue.add(some_alert());
  queue.add(some_alert());
  CHECK(queue.backoff() == 0s);
  for (const auto expected : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
    CHECK_FALSE(queue.failed());
    CHECK(queue.backoff() == expected);
  }
  CHECK(queue.failed()); // the tenth try was the last
  CHECK(queue.status() == webhook_status{0, 1, 1});
  CHECK(queue.backoff() == 60s);
  queue.succeeded();
  CHECK(queue.status() == webhook_status{1, 1, 0});
  CHECK(queue.backoff() == 0s);
  CHECK(queue.next() == nullptr);
}

TEST_CASE("webhook queue: of too many the one that waited the longest is dropped, and its tries with it") {
  webhook_queue queue;
  for (std::size_t i = 0; i < webhook_queue::max_waiting; ++i)
    CHECK(queue.add(some_alert(std::to_string(i))));
  for (int i = 1; i < webhook_queue::max_tries; ++i)
    CHECK_FALSE(queue.failed());
  CHECK_FALSE(queue.add(some_alert("new")));
  CHECK(queue.next()->type == "1");
  CHECK(queue.status() == webhook_status{0, 1, webhook_queue::max_waiting});
  CHECK_FALSE(queue.failed());
}

TEST_CASE_FIXTURE(fixture, "webhook: posts at once, in order") {
  announce("a");
  announce("b");
  CHECK(script->types == std::vector<std::string>{"a", "b"});
  CHECK(*received == webhook_status{2, 0, 0});
}

TEST_CASE_FIXTURE(fixture, "webhook: what is not taken is tried again, and the others wait behind it") {
  script->problems = {"answered 500", "Connection"};
  announce("a");
  announce("b");
  CHECK(script->types == std::vector<std::string>{"a"});
  CHECK(*received == webhook_status{0, 0, 2});
  advance(999ms);
  CHECK(script->types.size() == 1);
  advance(1ms);
  CHECK(script->types.size() == 2);
  advance(1999ms);
  CHECK(script->types.size() == 2);
  advance(1ms);
  advance(0ms);
  CHECK(script->types == std::vector<std::string>{"a", "a", "a", "b"});
  CHECK(*received == webhook_status{2, 0, 0});
}

TEST_CASE_FIXTURE(fixture, "webhook: one that is never taken is given up, and the next has its turn") {
  script->problems.assign(webhook_queue::max_tries, "answered 404");
  announce("a");
  announce("b");
  for (int i = 0; i < 10; ++i)
    advance(60s);
  CHECK(script->types.size() == webhook_queue::max_tries + 1);
  CHECK(script->types.back() == "b");
  CHECK(*received == webhook_status{1, 1, 0});
  CHECK(*posted == std::vector<std::string>{"b"});
}

TEST_CASE_FIXTURE(fixture, "webhook: a new judge is notified of how it is doing") {
  announce("a");
  *received = {};
  caf::anon_send(box, subscribe_atom_v, judge);
  run();
  CHECK(*received == webhook_status{1, 0, 0});
}

} // namespace webhook_test
