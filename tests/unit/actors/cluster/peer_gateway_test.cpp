#include <doctest/doctest.h>

#include "actors/cluster/peer_gateway.hpp"
#include "tests/support/still_system.hpp"

namespace peer_gateway_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;

namespace {

class stub_metrics : public metrics_source_actor::base {
public:
  stub_metrics(caf::actor_config& config, std::shared_ptr<bool> is_restored)
      : metrics_source_actor::base(config), is_restored_(std::move(is_restored)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [this](const metrics_query&) {
          auto answer = std::make_shared<metrics_snapshot>();
          answer->totals.requests = 7;
          answer->is_restored = *is_restored_;
          return snapshot_ptr{answer};
        },
        [](const totals_query&) { return totals_ptr{}; },
        [this](const series_query&) {
          auto answer = std::make_shared<series_sums>();
          answer->is_restored = *is_restored_;
          return series_sums_ptr{answer};
        },
        [this](const watch_query&) {
          auto answer = std::make_shared<watched_counts>();
          answer->is_restored = *is_restored_;
          return watched_counts_ptr{answer};
        },
    };
  }

private:
  std::shared_ptr<bool> is_restored_;
};

class stub_judge : public alert_source_actor::base {
public:
  explicit stub_judge(caf::actor_config& config) : alert_source_actor::base(config) {}

protected:
  behavior_type make_behavior() override {
    return {[](const alerts_query&) {
      auto answer = std::make_shared<alert_report>();
      answer->alerts.resize(1);
      return alert_report_ptr{answer};
    }};
  }
};

struct fixture : still_system {
  std::shared_ptr<bool> is_restored = std::make_shared<bool>(true);
  metrics_source_actor metrics = system.spawn<stub_metrics>(is_restored);
  alert_source_actor judge = system.spawn<stub_judge>();
  peer_gateway_actor box = system.spawn<boxed<peer_gateway>>(receiver_actor{}, metrics, judge,
                                                             members_actor{}, peer_tails_actor{});

  ~fixture() { stop(box, metrics, judge); }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "peer gateway: answers peers what this node counted and judged") {
  CHECK(ask<over_wire<metrics_snapshot>>(box, metrics_query{}).value->totals.requests == 7);
  CHECK(ask<over_wire<series_sums>>(box, series_query{}).value);
  CHECK(ask<over_wire<watched_counts>>(box, watch_query{}).value);
  CHECK(ask<over_wire<alert_report>>(box, alerts_query{}).value->alerts.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "peer gateway: what was counted is not reported before the past is restored") {
  *is_restored = false;
  const auto not_ready = "not_ready: what earlier runs counted is not restored yet";
  CHECK_THROWS_WITH(ask<over_wire<metrics_snapshot>>(box, metrics_query{}), not_ready);
  CHECK_THROWS_WITH(ask<over_wire<series_sums>>(box, series_query{}), not_ready);
  CHECK_THROWS_WITH(ask<over_wire<watched_counts>>(box, watch_query{}), not_ready);
  CHECK(ask<over_wire<alert_report>>(box, alerts_query{}).value->alerts.size() == 1);
}

} // namespace peer_gateway_test
