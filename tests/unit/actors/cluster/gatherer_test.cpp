// Merges the answers of several nodes into one, and says which nodes are missing.
#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "actors/cluster/gatherer.hpp"
#include "messages/alerts/parse_rules.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/cluster/stub_peer_gateway.hpp"

namespace gatherer_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

using windows = std::vector<alerts::watched_window>;

const windows one_window{{5min, rollup::extent::without_names}};

snapshot_ptr counted(std::uint64_t requests, std::vector<std::string> apps) {
  auto result = std::make_shared<metrics_snapshot>();
  result->totals.requests = requests;
  result->requests_per_second = static_cast<double>(requests);
  result->apps = std::move(apps);
  return result;
}

// What rules look at, for one app in the only window.
watched_counts_ptr watched(const std::string& app, std::uint64_t requests) {
  auto result = std::make_shared<watched_counts>();
  auto& counts = result->apps[app];
  counts.heard = timestamp{std::chrono::seconds{requests}};
  counts.sums.emplace_back().requests = requests;
  return result;
}

alert alert_of(const std::string& app) {
  alert result;
  result.type = "busy";
  result.app = app;
  return result;
}

class stub_metrics : public metrics_source_actor::base {
public:
  stub_metrics(caf::actor_config& config, snapshot_ptr answer, std::shared_ptr<windows> asked)
      : metrics_source_actor::base(config), answer_(std::move(answer)), asked_(std::move(asked)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [this](const metrics_query& question) {
          auto answer = std::make_shared<metrics_snapshot>(*answer_);
          answer->question = question;
          return snapshot_ptr{answer};
        },
        [](const totals_query&) -> totals_ptr { return std::make_shared<app_totals>(); },
        [](const series_query& question) -> caf::result<series_sums_ptr> {
          return make_error(ec::unknown_metric, question.metrics.front());
        },
        [this](const watch_query& question) {
          *asked_ = question.windows;
          return watched("shop", 1);
        },
    };
  }

private:
  snapshot_ptr answer_;
  std::shared_ptr<windows> asked_;
};

class stub_judge : public cluster_judge_actor::base {
public:
  stub_judge(caf::actor_config& config, std::shared_ptr<std::vector<cluster_counts>> received)
      : cluster_judge_actor::base(config), received_(std::move(received)) {}

protected:
  behavior_type make_behavior() override {
    return {[](const alerts_query&) {
              auto report = std::make_shared<alert_report>();
              report->alerts = {alert_of("shop")};
              report->webhook = webhook_status{1, 0, 0};
              report->writer.emplace().kind = "own";
              return alert_report_ptr{report};
            },
            [this](const cluster_counts& all) { received_->push_back(all); }};
  }

private:
  std::shared_ptr<std::vector<cluster_counts>> received_;
};

// What the database has of absent nodes.
class stub_archive : public archive_actor::base {
public:
  stub_archive(caf::actor_config& config, std::shared_ptr<std::map<std::string, std::uint64_t>> requests)
      : archive_actor::base(config), requests_(std::move(requests)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const archive_query& question) {
      archived_counts found;
      for (const auto& [node, requests] : *requests_) {
        if (std::find(question.live.begin(), question.live.end(), node) != question.live.end())
          continue;
        rollup::minute_rollup counted;
        counted.lines = counted.requests = requests;
        auto counts = std::make_shared<rollup::app_timelines>();
        counts->restore("shop", minute{}, counted, {});
        found.nodes.push_back({node, std::move(counts)});
      }
      return found;
    }};
  }

private:
  std::shared_ptr<std::map<std::string, std::uint64_t>> requests_;
};

struct fixture : still_system {
  std::shared_ptr<std::map<std::string, std::uint64_t>> stored =
      std::make_shared<std::map<std::string, std::uint64_t>>();
  std::shared_ptr<std::vector<cluster_counts>> received = std::make_shared<std::vector<cluster_counts>>();
  cluster_judge_actor judge = system.spawn<stub_judge>(received);
  archive_actor archive = system.spawn<stub_archive>(stored);
  std::shared_ptr<gateway_script> b = std::make_shared<gateway_script>(),
                                  c = std::make_shared<gateway_script>();
  peer_gateway_actor gateway_b = system.spawn<stub_peer_gateway>(b),
                     gateway_c = system.spawn<stub_peer_gateway>(c);
  std::shared_ptr<windows> asked = std::make_shared<windows>();
  metrics_source_actor own = system.spawn<stub_metrics>(counted(1, {"shop"}), asked);
  gatherer_actor box =
      system.spawn<boxed<gatherer>>("a", own, watching_judge{judge, one_window}, archive, 300ms);

  fixture() { announce(true); }
  ~fixture() { stop(box, own, judge, archive, gateway_b, gateway_c); }

  // Lets the time pass tick by tick.
  void pass(std::chrono::seconds span) {
    for (; span > 0s; span -= gatherer::tick_interval)
      advance(gatherer::tick_interval);
  }

  void announce(bool c_is_live) {
    b->metrics = counted(10, {"blog", "shop"});
    c->metrics = counted(100, {"api"});
    membership now;
    now.live = {{{cluster_protocol, "b", 2, "1"}, gateway_b, false}};
    now.absent = {"d"};
    if (c_is_live)
      now.live.push_back({{cluster_protocol, "c", 3, "1"}, gateway_c, false});
    else
      now.absent.insert(now.absent.begin(), "c");
    caf::anon_send(box, now);
    run();
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "gatherer: the answer is the sum over all nodes, and says who is missing") {
  const auto answer = ask<snapshot_ptr>(box, metrics_query{});
  CHECK(answer->totals.requests == 111);
  CHECK(answer->requests_per_second == 111);
  CHECK(answer->apps == std::vector<std::string>{"api", "blog", "shop"});
  CHECK(answer->cluster == cluster_view{"a", {"a", "b", "c"}, {"d"}, {}});
}

TEST_CASE_FIXTURE(fixture, "gatherer: a question about this node is answered by it alone, and at once") {
  b->answers_questions = c->answers_questions = false;
  metrics_query question;
  question.of = reach::this_node;
  const auto answer = ask<snapshot_ptr>(box, question);
  CHECK(answer->totals.requests == 1);
  CHECK_FALSE(answer->cluster);
}

TEST_CASE_FIXTURE(fixture, "gatherer: it waits for the deadline and not longer") {
  b->answers_questions = false;
  c->metrics = nullptr;
  auto pending = self->request(box, caf::infinite, metrics_query{});
  run();
  advance(299ms);
  advance(1ms);
  pending.receive(
      [](const snapshot_ptr& answer) {
        CHECK(answer->totals.requests == 1);
        CHECK(answer->cluster == cluster_view{"a", {"a"}, {"b", "c", "d"}, {}});
      },
      [&](const caf::error& problem) { FAIL(system.render(problem)); });
}

TEST_CASE_FIXTURE(fixture, "gatherer: what this node cannot answer is an error") {
  auto pending = self->request(box, caf::infinite, series_query{{"p51_ms"}, "", {}, {}, 1min});
  run();
  pending.receive(
      [](const series_sums_ptr&) { FAIL("answered"); },
      [&](const caf::error& problem) { CHECK(system.render(problem) == "unknown_metric: p51_ms"); });
}

TEST_CASE_FIXTURE(fixture, "gatherer: an absent node counts as the database has it, until it answers again") {
  (*stored)["c"] = 90;
  announce(false);
  const auto without = ask<snapshot_ptr>(box, metrics_query{});
  CHECK(without->totals.requests == 101);
  CHECK(without->cluster == cluster_view{"a", {"a", "b"}, {"c", "d"}, {"c"}});
  // The node's last transaction was committed late.
  (*stored)["c"] = 95;
  pass(gatherer::last_commit_grace);
  CHECK(ask<snapshot_ptr>(box, metrics_query{})->totals.requests == 106);
  // The node is back, but has not restored its counts yet.
  announce(true);
  c->metrics = nullptr;
  const auto restoring = ask<snapshot_ptr>(box, metrics_query{});
  CHECK(restoring->totals.requests == 106);
  CHECK(restoring->cluster->from_database == std::vector<std::string>{"c"});
  c->metrics = counted(100, {"api"});
  const auto back = ask<snapshot_ptr>(box, metrics_query{});
  CHECK(back->totals.requests == 111);
  CHECK(back->cluster->from_database.empty());
}

TEST_CASE_FIXTURE(
    fixture, "gatherer: a node that falls silent counts as it answered last until the database is read") {
  const auto ask_at = [&](std::chrono::seconds now, window span) {
    return ask<snapshot_ptr>(box, metrics_query{"", span, timestamp{now}});
  };
  const auto c_counts = [&](std::chrono::seconds now, window span) {
    auto answer = std::make_shared<metrics_snapshot>(*counted(100, {"api"}));
    answer->question = {"", span, timestamp{now}};
    c->metrics = answer;
  };
  for (const auto span : {window::all, window::one_minute}) {
    c_counts(100s, span);
    CHECK(ask_at(100s, span)->totals.requests == 111);
  }
  c->metrics = nullptr;
  const auto silent = ask_at(101s, window::all);
  CHECK(silent->totals.requests == 111);
  CHECK(silent->cluster == cluster_view{"a", {"a", "b"}, {"c", "d"}, {}});
  CHECK(ask_at(101s, window::one_minute)->totals.requests == 111);
  CHECK(ask_at(160s, window::one_minute)->totals.requests == 11); // that minute is over
  CHECK(ask_at(101s, window::one_day)->totals.requests == 11);    // this question was not asked before
  announce(false);
  c->metrics = nullptr;
  CHECK(ask_at(200s, window::all)->totals.requests == 111); // the database has nothing of that node
  (*stored)["c"] = 90;
  announce(false);
  CHECK(ask_at(201s, window::all)->totals.requests == 101);
}

TEST_CASE_FIXTURE(
    fixture, "gatherer: alerts are those of all nodes, each once, and the own webhook's and writer's state") {
  auto theirs = std::make_shared<alert_report>();
  theirs->alerts = {alert_of("blog"), alert_of("shop")};
  theirs->announced = {alert_of("blog")};
  theirs->webhook = webhook_status{9, 9, 9};
  theirs->writer.emplace().kind = "theirs";
  b->alerts = theirs;
  c->alerts = nullptr;
  const auto report = ask<alert_report_ptr>(box, alerts_query{});
  CHECK(report->alerts == std::vector{alert_of("shop"), alert_of("blog")});
  CHECK(report->announced == std::vector{alert_of("blog")});
  CHECK(report->webhook == webhook_status{1, 0, 0});
  CHECK(report->writer.value().kind == "own");
  CHECK(report->cluster == cluster_view{"a", {"a", "b"}, {"c", "d"}, {}});
  const auto own_report = ask<alert_report_ptr>(box, alerts_query{{}, {}, reach::this_node});
  CHECK(own_report->alerts == std::vector{alert_of("shop")});
  CHECK_FALSE(own_report->cluster);
}

namespace {

// The counts of all nodes are available.
struct complete_fixture : fixture {
  complete_fixture() {
    (*stored)["d"] = 0;
    announce(true);
  }
};

} // namespace

TEST_CASE_FIXTURE(complete_fixture,
                  "gatherer: alerts are judged by what all nodes counted, and the first node notifies") {
  b->watched = watched("shop", 10);
  c->watched = watched("api", 100);
  advance(gatherer::tick_interval);
  REQUIRE(received->size() == 1);
  const auto& apps = received->front().counted->apps;
  CHECK(apps.at("shop").sums.at(0).requests == 11);
  CHECK(apps.at("shop").heard == timestamp{10s}); // from b; this node counted it at 1 s
  CHECK(apps.at("api").sums.at(0).requests == 100);
  CHECK(received->front().is_notifier);
  CHECK(received->front().alerts->alerts == std::vector{alert_of("shop")});
}

TEST_CASE_FIXTURE(fixture,
                  "gatherer: a node that another one comes before does not notify, unless that leaves") {
  membership now;
  now.live = {{{cluster_protocol, "B", 2, "1"}, gateway_b, false}};
  caf::anon_send(box, now);
  advance(gatherer::tick_interval);
  now.live.front().is_leaving = true;
  caf::anon_send(box, now);
  advance(gatherer::tick_interval);
  REQUIRE(received->size() == 2);
  CHECK_FALSE(received->at(0).is_notifier);
  CHECK(received->at(1).is_notifier);
}

TEST_CASE_FIXTURE(complete_fixture,
                  "gatherer: alerts wait for a node that does not answer, but not for ever") {
  c->watched = nullptr;
  pass(gatherer::judgement_timeout - gatherer::tick_interval);
  CHECK(received->empty());
  pass(gatherer::tick_interval);
  CHECK(received->size() == 1);
  c->watched = watched("api", 100);
  pass(gatherer::tick_interval);
  CHECK(received->size() == 2);
  c->watched = nullptr;
  pass(gatherer::tick_interval);
  CHECK(received->size() == 2);
  // A node's alerts are waited for like its counts.
  c->watched = watched("api", 100);
  c->alerts = nullptr;
  pass(gatherer::tick_interval);
  CHECK(received->size() == 2);
  c->alerts = std::make_shared<const alert_report>();
  c->watched = nullptr;
  // A node that has gone is waited for until the database has returned its counts.
  announce(false);
  pass(gatherer::tick_interval);
  CHECK(received->size() == 2);
  (*stored)["c"] = 90;
  announce(false);
  pass(gatherer::tick_interval);
  REQUIRE(received->size() == 3);
  CHECK(received->back().counted->cluster->from_database == std::vector<std::string>{"c", "d"});
}

TEST_CASE_FIXTURE(fixture, "gatherer: with other rules it asks for their windows") {
  pass(gatherer::tick_interval);
  CHECK(*asked == one_window);
  const auto rules = alerts::parse_rules("slow: p95_ms > 1 over 9m").value();
  caf::anon_send(box, alert_rules{rules});
  pass(gatherer::tick_interval);
  CHECK(*asked == alerts::windows_of(rules));
}

} // namespace gatherer_test
