// The judge with counts that the test chooses, in virtual time.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "actors/alerting/judge.hpp"
#include "messages/alerts/parse_rules.hpp"
#include "tests/support/still_system.hpp"

namespace judge_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const timestamp now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());

// What the metrics answer, and the questions that they received.
struct metrics_script {
  std::map<std::string, watched_sums, std::less<>> apps; // the same sums for every window
  std::uint64_t counted_lines = 0;
  bool is_restored = true;
  bool holds_answers = false;
  std::vector<watch_query> questions;
  std::vector<caf::typed_response_promise<watched_counts_ptr>> held;

  watched_counts_ptr answer_to(const watch_query& question) const {
    auto result = std::make_shared<watched_counts>();
    result->question = question;
    result->counted_lines = counted_lines;
    result->is_restored = is_restored;
    for (const auto& [name, app] : apps)
      result->apps[name] = {app.heard, {question.windows.size(), app.sums.at(0)}};
    return result;
  }
};

class scripted_metrics : public metrics_source_actor::base {
public:
  scripted_metrics(caf::actor_config& config, std::shared_ptr<metrics_script> script)
      : metrics_source_actor::base(config), script_(std::move(script)) {}

  void on_exit() override { script_->held.clear(); }

protected:
  behavior_type make_behavior() override {
    return {
        // Only its own actor can deliver a promise: this question delivers those that are held.
        [this](const metrics_query&) {
          for (auto& one : script_->held)
            one.deliver(script_->answer_to(script_->questions.back()));
          script_->held.clear();
          return snapshot_ptr{};
        },
        [](const totals_query&) { return totals_ptr{}; },
        [](const series_query&) { return series_sums_ptr{}; },
        [this](const watch_query& question) -> caf::result<watched_counts_ptr> {
          script_->questions.push_back(question);
          if (!script_->holds_answers)
            return script_->answer_to(question);
          script_->held.push_back(make_response_promise<watched_counts_ptr>());
          return script_->held.back();
        },
    };
  }

private:
  std::shared_ptr<metrics_script> script_;
};

class stub_alert_sink : public alert_sink_actor::base {
public:
  stub_alert_sink(caf::actor_config& setup, std::shared_ptr<std::vector<alert>> seen)
      : alert_sink_actor::base(setup), seen_(std::move(seen)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const alert& one) { seen_->push_back(one); }};
  }

private:
  std::shared_ptr<std::vector<alert>> seen_;
};

struct fixture : still_system {
  std::shared_ptr<std::chrono::microseconds> later = std::make_shared<std::chrono::microseconds>(0);
  std::shared_ptr<metrics_script> counted = std::make_shared<metrics_script>();
  std::shared_ptr<std::vector<alert>> stored = std::make_shared<std::vector<alert>>();
  std::shared_ptr<std::vector<alert>> posted = std::make_shared<std::vector<alert>>();
  metrics_source_actor metrics = system.spawn<scripted_metrics>(counted);
  alert_sink_actor node_sink = system.spawn<stub_alert_sink>(stored);
  alert_sink_actor external_sink = system.spawn<stub_alert_sink>(posted);
  judge_actor box;

  ~fixture() { stop(box, metrics, node_sink, external_sink); }

  void make(std::string_view rules, judged_counts by = judged_counts::own) {
    box = system.spawn<boxed<judge>>(metrics, alerts::parse_rules(rules).value(), by,
                                     [since = later] { return now + *since; });
    caf::anon_send(box, add_sink_atom_v, alerts::audience::node, node_sink);
    caf::anon_send(box, add_sink_atom_v, alerts::audience::external, external_sink);
    run();
  }

  void restore(std::vector<alert> earlier = {}) {
    caf::anon_send(box, restored_alerts{std::move(earlier)});
    run();
  }

  // Moves wall clock and timers together.
  void pass(std::chrono::seconds span) {
    for (; span > 0s; span -= 1s) {
      *later += 1s;
      advance(1s);
    }
  }

  void count(const std::string& app, std::uint64_t requests) {
    auto& counts = counted->apps[app];
    counts.heard = now + *later;
    counts.sums.resize(1);
    counts.sums.front().requests = counts.sums.front().lines = requests;
  }

  void store(std::uint64_t lines, bool is_connected = true) {
    writer_status status;
    status.is_connected = is_connected;
    if (!is_connected)
      status.last_error = problem{"refused"};
    status.stored_lines = lines;
    caf::anon_send(box, status);
    run();
  }

  void release_answer() {
    caf::anon_send(metrics, metrics_query{});
    run();
  }

  alert_report_ptr report(const std::string& app = "") {
    return ask<alert_report_ptr>(box, alerts_query{app, now + *later});
  }
};

constexpr std::string_view busy = "busy: requests >= 10 over 5m";
constexpr std::string_view lag = "lag: database_lag_lines >= 3";

alert open_alert(const std::string& app = "shop") {
  alert result;
  result.type = "busy";
  result.app = app;
  result.raised_at = now - 1h;
  return result;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "judge: a tick raises and resolves alerts, and has each stored and posted once") {
  make(busy);
  restore();
  count("shop", 10);
  CHECK(stored->empty());
  pass(1s);
  REQUIRE(stored->size() == 1);
  CHECK(stored->back().type == "busy");
  CHECK(stored->back().app == "shop");
  pass(10s); // settled after the start
  CHECK(stored->size() == 1);
  CHECK(report()->alerts == *stored);
  count("shop", 0);
  pass(1s);
  REQUIRE(stored->size() == 2);
  CHECK(stored->back().is_resolved);
  CHECK(report()->alerts == std::vector{stored->back()});
  CHECK(*posted == *stored);
}

TEST_CASE_FIXTURE(fixture, "judge: asks for the windows that the rules look at, once a second") {
  make("busy: requests >= 10 over 5m; slow: p95_ms > 1 over 5m; late: late > 1 over 9m");
  pass(3s);
  REQUIRE(counted->questions.size() == 3);
  CHECK(counted->questions.back().windows ==
        alerts::windows_of(alerts::parse_rules("a: requests > 1 over 5m; b: late > 1 over 9m").value()));
  CHECK(counted->questions.back().now == now + 3s);
}

TEST_CASE_FIXTURE(fixture, "judge: does not ask again while the counts of the last question are under way") {
  make(busy);
  restore();
  counted->holds_answers = true;
  count("shop", 10);
  pass(10s);
  REQUIRE(counted->questions.size() == 1);
  counted->holds_answers = false;
  release_answer();
  CHECK(stored->size() == 1);
  pass(1s);
  CHECK(counted->questions.size() == 2);
}

TEST_CASE_FIXTURE(fixture, "judge: an app is shown its own alerts") {
  make(busy);
  restore();
  count("shop", 10);
  count("blog", 9);
  pass(1s);
  CHECK(report()->alerts.size() == 1);
  CHECK(report("shop")->alerts.size() == 1);
  CHECK(report("blog")->alerts.empty());
}

TEST_CASE_FIXTURE(fixture, "judge: alerts of earlier runs go on and are not announced again") {
  make(busy);
  restore({open_alert()});
  count("shop", 12);
  pass(20s);
  CHECK(stored->empty());
  REQUIRE(report()->alerts.size() == 1);
  CHECK(report()->alerts[0].raised_at == open_alert().raised_at);
  CHECK(report()->alerts[0].current == 12);
  count("shop", 0);
  pass(1s);
  REQUIRE(stored->size() == 1);
  CHECK(stored->back().is_resolved);
  CHECK(stored->back().raised_at == open_alert().raised_at);
  CHECK(*posted == *stored);
}

TEST_CASE_FIXTURE(fixture, "judge: without the alerts of earlier runs it begins after a minute") {
  make(busy);
  count("shop", 10);
  pass(59s);
  CHECK(stored->empty());
  pass(1s);
  CHECK(stored->size() == 1);
}

TEST_CASE_FIXTURE(fixture, "judge: counts that were asked for before the past was there are not judged") {
  make("quiet: requests < 10 over 5m");
  counted->holds_answers = true;
  counted->is_restored = false;
  count("shop", 9);
  pass(1s);
  restore();
  REQUIRE(counted->held.size() == 1);
  release_answer();
  counted->holds_answers = false;
  CHECK(stored->empty());
  counted->is_restored = true;
  count("shop", 1000);
  pass(5s);
  CHECK(stored->empty());
}

TEST_CASE_FIXTURE(fixture, "judge: an app that falls silent raises an alert, which ends when it is back") {
  make("silent_drain: silent_minutes >= 30");
  restore();
  count("shop", 1);
  pass(30min - 1s);
  CHECK(stored->empty());
  pass(1s);
  REQUIRE(stored->size() == 1);
  CHECK(stored->back().value == 30);
  count("shop", 1);
  pass(1s);
  REQUIRE(stored->size() == 2);
  CHECK(stored->back().is_resolved);
}

TEST_CASE_FIXTURE(fixture, "judge: a database that takes nothing raises an alert") {
  make("database_away: database_away_minutes >= 2");
  restore();
  caf::anon_send(box, writer_status{}); // has not tried yet
  run();
  pass(60s);
  store(0, false);
  pass(119s);
  CHECK(stored->empty());
  store(0, false); // it was already down
  pass(1s);
  REQUIRE(stored->size() == 1);
  CHECK(stored->back().app == "");
  store(0);
  pass(1s);
  REQUIRE(stored->size() == 2);
  CHECK(stored->back().is_resolved);
}

TEST_CASE_FIXTURE(fixture, "judge: the database's lag is what was counted and is not stored") {
  make(lag);
  restore();
  counted->counted_lines = 4;
  store(2);
  pass(1s);
  CHECK(stored->empty());
  counted->counted_lines = 5; // also if the writer reports nothing new
  pass(1s);
  REQUIRE(stored->size() == 1);
  CHECK(stored->back().value == 3);
  store(6); // one line was counted after the answer
  pass(10s);
  CHECK(stored->back().is_resolved);
}

TEST_CASE_FIXTURE(fixture, "judge: shows what the DB writer reported last") {
  make(busy);
  CHECK_FALSE(report()->writer);
  store(2);
  store(3, false);
  REQUIRE(report()->writer);
  CHECK(report()->writer->stored_lines == 3);
  CHECK_FALSE(report()->writer->is_connected);
}

TEST_CASE_FIXTURE(fixture, "judge: a sink that is gone does no harm, a new one takes its place") {
  make(busy);
  restore();
  stop(node_sink);
  node_sink = system.spawn<stub_alert_sink>(stored);
  caf::anon_send(box, add_sink_atom_v, alerts::audience::node, node_sink);
  run();
  count("shop", 10);
  pass(1s);
  CHECK(stored->size() == 1);
}

TEST_CASE_FIXTURE(fixture, "judge: reports how the webhook is doing, if there is one, and what it took") {
  make(busy);
  CHECK_FALSE(report()->webhook);
  CHECK(report()->announced.empty());
  caf::anon_send(box, webhook_status{3, 2, 1});
  caf::anon_send(box, posted_alert{open_alert()});
  CHECK(report()->webhook == webhook_status{3, 2, 1});
  CHECK(report("blog")->announced == std::vector{open_alert()});
}

namespace {

struct node_fixture : fixture {
  node_fixture() {
    make(fmt::format("{}; {}", busy, lag), judged_counts::of_cluster);
    restore();
    pass(alerts::evaluator::settling_grace);
  }

  // All nodes together have counted `requests` of the shop, and this node gets these counts.
  void judge_all(std::uint64_t requests, bool is_notifier, alert_report alerts = {}) {
    auto all = std::make_shared<watched_counts>();
    all->question.windows = {{5min, rollup::extent::without_names}};
    auto& shop = all->apps["shop"];
    shop.heard = now;
    shop.sums.emplace_back().requests = requests;
    caf::anon_send(box, cluster_counts{all, std::make_shared<alert_report>(std::move(alerts)), is_notifier});
    run();
  }
};

} // namespace

TEST_CASE_FIXTURE(node_fixture, "judge: in a cluster rules about apps judge what all nodes counted") {
  CHECK(counted->questions.back().windows.empty());
  judge_all(9, true);
  count("shop", 1000); // on this node alone
  pass(5s);
  CHECK(stored->empty());
  judge_all(10, true);
  REQUIRE(stored->size() == 1);
  CHECK(stored->back().type == "busy");
  pass(5s);
  CHECK(stored->size() == 1);
  judge_all(0, true);
  REQUIRE(stored->size() == 2);
  CHECK(stored->back().is_resolved);
  CHECK(*posted == *stored);
}

TEST_CASE_FIXTURE(node_fixture,
                  "judge: in a cluster it posts what the last notifier left, and nothing twice") {
  judge_all(10, false);
  CHECK(stored->size() == 1);
  CHECK(posted->empty());
  judge_all(10, true);
  CHECK(*posted == *stored);
  // Alerts open before this node joined were posted then.
  judge_all(0, true);
  posted->clear();
  auto old = open_alert();
  judge_all(10, true, {.alerts = {old}, .announced = {}, .webhook = {}, .writer = {}, .cluster = {}});
  CHECK(stored->size() == 3);
  CHECK(posted->empty());
}

TEST_CASE_FIXTURE(node_fixture, "judge: in a cluster each node posts what is about its own database") {
  judge_all(0, false);
  counted->counted_lines = 3;
  pass(1s);
  REQUIRE(posted->size() == 1);
  CHECK(posted->back().type == "lag");
}

TEST_CASE_FIXTURE(fixture, "judge: other rules are judged from the next question on") {
  make(busy);
  restore();
  count("shop", 10);
  counted->holds_answers = true;
  pass(1s);
  REQUIRE(counted->questions.size() == 1);
  caf::anon_send(
      box,
      alert_rules{alerts::parse_rules("calm: requests < 20 over 9m; busy: requests >= 10 over 5m").value()});
  run();
  counted->holds_answers = false;
  release_answer(); // to the question for the windows of the rules before
  CHECK(stored->empty());
  pass(1s);
  CHECK(counted->questions.back().windows.size() == 2);
  REQUIRE(stored->size() == 2);
  CHECK(report()->alerts.size() == 2);
}

} // namespace judge_test
