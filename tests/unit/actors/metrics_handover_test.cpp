// What the aggregator hands to the history, and when. The history only notes its messages.
#include <doctest/doctest.h>

#include "actors/metrics_aggregator.hpp"
#include "tests/support/still_system.hpp"

namespace metrics_handover_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const minute first{std::chrono::minutes{29'541'007}};

struct notes {
  std::vector<fresh_counts_ptr> fresh;
  std::vector<std::string> received; // "counts", "question", …, in order
  bool hangs = false;                // answers no tick
};

class stub_history : public metrics_history_actor::base {
public:
  stub_history(caf::actor_config& setup, std::shared_ptr<notes> seen)
      : metrics_history_actor::base(setup), seen_(std::move(seen)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [this](const metrics_query& question) {
          note("question");
          auto answer = std::make_shared<metrics_snapshot>();
          answer->question = question;
          answer->totals.requests = 77;
          return snapshot_ptr{answer};
        },
        [this](const totals_query&) {
          note("totals");
          return std::make_shared<const app_totals>();
        },
        [this](const series_query& question) -> caf::result<series_sums_ptr> {
          note("series");
          return make_error(ec::unknown_metric, question.metrics.front());
        },
        [this](const watch_query&) {
          note("watch");
          return std::make_shared<const watched_counts>();
        },
        [this](const fresh_counts_ptr& fresh) {
          note("counts");
          seen_->fresh.push_back(fresh);
        },
        [this](const restored_counts&) { note("rollups"); },
        [this](const stored_elsewhere&) { note("elsewhere"); },
        [this](caf::tick_atom) -> caf::result<bool> {
          note("tick");
          if (seen_->hangs)
            return make_response_promise<bool>();
          return true;
        },
    };
  }

private:
  void note(const char* what) { seen_->received.emplace_back(what); }

  std::shared_ptr<notes> seen_;
};

struct fixture : still_system {
  std::shared_ptr<notes> seen = std::make_shared<notes>();
  metrics_history_actor history = system.spawn<stub_history>(seen);
  metrics_aggregator_actor box = system.spawn<boxed<metrics_aggregator>>(history);

  fixture() { run(); }
  ~fixture() { stop(box, history); }

  void add(const std::string& app, minute at, std::uint64_t requests, std::chrono::seconds heard = 0s) {
    auto next = std::make_shared<batch>();
    auto origin = std::make_shared<frame>();
    origin->app = app;
    origin->received_at = first + heard;
    next->origin = origin;
    next->records.framing.lines = static_cast<std::uint32_t>(requests);
    rollup::minute_rollup data;
    data.requests = data.lines = requests;
    next->partial.push_back({at, data});
    caf::anon_send(box, batch_group{{next}});
    run();
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "handover: a question is answered by the history, after what was counted before") {
  add("shop", first, 1, 2s);
  add("shop", first, 2, 1s);
  add("shop", first + 1min, 4);
  add("blog", first, 8);
  CHECK(seen->received.empty());
  CHECK(ask<snapshot_ptr>(box, metrics_query{"shop", window::all, {}})->totals.requests == 77);
  CHECK(seen->received == std::vector<std::string>{"counts", "question"});
  REQUIRE(seen->fresh.size() == 1);
  const auto& fresh = *seen->fresh.front();
  CHECK(fresh.lines == 15);
  REQUIRE(fresh.apps.size() == 2);
  const auto& shop = fresh.apps.at("shop");
  CHECK(shop.heard == first + 2s);
  REQUIRE(shop.minutes.size() == 2);
  CHECK(shop.minutes.at(first).requests == 3);
  CHECK(shop.minutes.at(first + 1min).requests == 4);
  CHECK(fresh.apps.at("blog").minutes.at(first).requests == 8);
}

TEST_CASE_FIXTURE(fixture, "handover: every question goes on, and what is new before it, once") {
  ask<totals_ptr>(box, totals_query{});
  CHECK(seen->received == std::vector<std::string>{"totals"});
  add("shop", first, 1);
  CHECK_THROWS_WITH(ask<series_sums_ptr>(box, series_query{{"x"}, "", first, first, 1min}),
                    "unknown_metric: x");
  ask<totals_ptr>(box, totals_query{});
  CHECK(seen->received == std::vector<std::string>{"totals", "counts", "series", "totals"});
  add("shop", first, 2);
  ask<watched_counts_ptr>(box, watch_query{});
  CHECK(seen->received.back() == "watch");
  REQUIRE(seen->fresh.size() == 2);
  CHECK(seen->fresh[0]->lines == 1); // what was handed over does not change
  CHECK(seen->fresh[1]->lines == 2);
}

TEST_CASE_FIXTURE(fixture, "handover: what corrects the counts goes on in order") {
  add("shop", first, 1);
  caf::anon_send(box, restored_counts{});
  caf::anon_send(box, stored_elsewhere{});
  run();
  CHECK(seen->received == std::vector<std::string>{"counts", "rollups", "elsewhere"});
}

TEST_CASE_FIXTURE(fixture, "handover: each second, also when nobody asks") {
  add("shop", first, 1);
  advance(1s);
  CHECK(seen->received == std::vector<std::string>{"counts", "tick"});
  advance(1s);
  CHECK(seen->received == std::vector<std::string>{"counts", "tick", "tick"});
}

TEST_CASE_FIXTURE(fixture, "handover: a history that is behind gets one sum of all when it has caught up") {
  seen->hangs = true;
  advance(1s);
  add("shop", first, 1);
  advance(1s);
  add("shop", first, 2);
  advance(1s);
  CHECK(seen->received == std::vector<std::string>{"tick"});
  seen->hangs = false;
  advance(60s); // the aggregator gives the tick up
  advance(1s);
  REQUIRE(seen->fresh.size() == 1);
  CHECK(seen->fresh.front()->lines == 3);
  CHECK(seen->received.back() == "tick");
}

} // namespace metrics_handover_test
