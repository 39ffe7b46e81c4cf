// Messages between nodes can be serialized and read back, owners are evenly distributed, and the answers of
// several nodes add up.
#include <array>

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include "messages/cluster/interfaces.hpp"
#include "messages/cluster/merge_answers.hpp"
#include "messages/cluster/rendezvous.hpp"
#include "messages/settings/config.hpp"
#include "tests/unit/messages/round_trip.hpp"

namespace protocol_test {

using namespace parseflow;
using test::round_trip;

namespace {

const timestamp some_time{std::chrono::microseconds{1'772'460'451'000'001}};

rollup::span_rollup some_rollup(std::uint64_t requests) {
  rollup::span_rollup result;
  result.lines = result.requests = requests;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(requests); ++i)
    result.service.add(i);
  return result;
}

alert some_alert(std::string type, std::chrono::seconds after, bool resolved = false) {
  return {std::move(type), "shop", "warning", "…", 1, some_time + after, resolved, {}};
}

} // namespace

TEST_CASE("cluster: what nodes send each other survives serialization") {
  config configuration;
  caf::actor_system system{configuration};
  const node_identity who{cluster_protocol, "a", 77, "1.0"};
  CHECK(round_trip(system, who) == who);
  const auto greeting = round_trip(system, hello{who, "host:7100", nullptr});
  CHECK(greeting.identity == who);
  CHECK(greeting.address == "host:7100");

  auto sent = std::make_shared<frame>();
  sent->key = {"d.1", "id"};
  sent->app = "shop";
  sent->mode = structured_data::present;
  sent->announced_lines = 3;
  sent->received_at = some_time;
  sent->body = std::string{"a\0b\xff", 4};
  const auto got = round_trip(system, over_wire<frame>{sent}).value;
  CHECK(got->key == sent->key);
  CHECK(got->app == "shop");
  CHECK(got->mode == structured_data::present);
  CHECK(got->announced_lines == 3);
  CHECK(got->received_at == some_time);
  CHECK(got->body == sent->body);

  metrics_snapshot counted;
  counted.question = {"shop", window::one_hour, some_time};
  counted.totals = some_rollup(300);
  counted.requests_per_second = 1.5;
  counted.apps = {"blog", "shop"};
  counted.other_apps_lines = 7;
  const auto snapshot =
      round_trip(system, over_wire<metrics_snapshot>{std::make_shared<metrics_snapshot>(counted)}).value;
  CHECK(snapshot->totals == counted.totals);
  CHECK(snapshot->requests_per_second == 1.5);
  CHECK(snapshot->apps == counted.apps);
  CHECK(snapshot->other_apps_lines == 7);

  series_sums sums;
  sums.steps.push_back({minute_of(some_time), some_rollup(2)});
  const auto steps =
      round_trip(system, over_wire<series_sums>{std::make_shared<series_sums>(sums)}).value->steps;
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].start == minute_of(some_time));
  CHECK(steps[0].sum == sums.steps[0].sum);
}

TEST_CASE("cluster: what rules look at survives serialization") {
  config configuration;
  caf::actor_system system{configuration};
  watched_counts counted;
  counted.question = {{{std::chrono::minutes{5}, rollup::extent::without_names},
                       {std::chrono::minutes{60}, rollup::extent::all}},
                      some_time};
  CHECK(round_trip(system, counted.question).windows == counted.question.windows);
  counted.apps["shop"] = {some_time, {some_rollup(3), some_rollup(7)}};
  const auto got =
      round_trip(system, over_wire<watched_counts>{std::make_shared<watched_counts>(counted)}).value;
  CHECK(got->question.now == some_time);
  REQUIRE(got->apps.contains("shop"));
  CHECK(got->apps.at("shop").heard == some_time);
  CHECK(got->apps.at("shop").sums == counted.apps["shop"].sums);
}

TEST_CASE("cluster: an alert report survives serialization, but for webhook and DB writer") {
  config configuration;
  caf::actor_system system{configuration};
  alert_report report;
  report.alerts = {some_alert("slow", std::chrono::seconds{1})};
  report.announced = {some_alert("announced", std::chrono::seconds{2})};
  report.webhook = webhook_status{1, 2, 3};
  report.writer = writer_status{};
  const auto got = round_trip(system, over_wire<alert_report>{std::make_shared<alert_report>(report)}).value;
  CHECK(got->alerts == report.alerts);
  CHECK(got->announced == report.announced);
  CHECK_FALSE(got->webhook);
  CHECK_FALSE(got->writer);
  const auto question = round_trip(system, alerts_query{"shop", some_time});
  CHECK(question.app == "shop");
  CHECK(question.now == some_time);
}

TEST_CASE("rendezvous: nodes have even shares, and one that goes moves only its own") {
  constexpr int frames = 30'000;
  const std::array seeds{rendezvous_seed("a"), rendezvous_seed("b"), rendezvous_seed("c")};
  std::array<int, 3> share{};
  for (int i = 0; i < frames; ++i) {
    const auto digest = digest_of({"d", std::to_string(i)});
    std::array<std::uint64_t, 3> score{};
    for (std::size_t node = 0; node < 3; ++node)
      score[node] = rendezvous_score(digest, seeds[node]);
    const auto owner = static_cast<std::size_t>(std::max_element(score.begin(), score.end()) - score.begin());
    ++share[owner];
    // The owner if node c is gone.
    if (owner != 2)
      CHECK((score[0] > score[1]) == (owner == 0));
  }
  for (const auto one : share)
    CHECK(std::abs(one - frames / 3) < frames / 50);
}

TEST_CASE("merge_answers: sums, and all apps") {
  const auto answer = [](std::uint64_t requests, std::vector<std::string> apps) {
    auto result = std::make_shared<metrics_snapshot>();
    result->totals = some_rollup(requests);
    result->apps = std::move(apps);
    return result;
  };
  const std::vector<snapshot_ptr> answers{answer(2, {"b"}), answer(3, {"a", "b"})};
  const auto merged = merge_answers(answers);
  auto expected = some_rollup(2);
  rollup::merge(expected, some_rollup(3));
  CHECK(merged.totals == expected);
  CHECK(merged.apps == std::vector<std::string>{"a", "b"});
}

TEST_CASE("merge_answers: each open alert once, and all that was announced") {
  const auto answer = [](std::vector<alert> alerts, std::vector<alert> announced) {
    auto result = std::make_shared<alert_report>();
    result->alerts = std::move(alerts);
    result->announced = std::move(announced);
    return result;
  };
  using std::chrono::seconds;
  const std::vector<alert_report_ptr> answers{
      answer({some_alert("slow", seconds{5}), some_alert("old", seconds{1}, true)},
             {some_alert("slow", seconds{5})}),
      answer({some_alert("slow", seconds{3}), some_alert("crash", seconds{9})},
             {some_alert("crash", seconds{9})})};
  const auto merged = merge_answers(answers);
  CHECK(merged.announced ==
        std::vector<alert>{some_alert("slow", seconds{5}), some_alert("crash", seconds{9})});
  REQUIRE(merged.alerts.size() == 3);
  CHECK(merged.alerts[0].type == "crash");
  CHECK(merged.alerts[1] == some_alert("slow", seconds{3}));
  CHECK(merged.alerts[2].is_resolved);
}

TEST_CASE("merge_answers: series are merged step by step") {
  const minute first{std::chrono::minutes{10}};
  const auto steps = [](std::vector<series_step> of) {
    auto result = std::make_shared<series_sums>();
    result->steps = std::move(of);
    return result;
  };
  const std::vector<series_sums_ptr> answers{
      steps({{first, some_rollup(1)}, {first + std::chrono::minutes{2}, some_rollup(2)}}),
      steps({{first + std::chrono::minutes{1}, some_rollup(4)},
             {first + std::chrono::minutes{2}, some_rollup(8)}})};
  const auto merged = merge_answers(answers);
  REQUIRE(merged.steps.size() == 3);
  CHECK(merged.steps[1].start == first + std::chrono::minutes{1});
  CHECK(merged.steps[1].sum.requests == 4);
  CHECK(merged.steps[2].sum.requests == 10);
}

TEST_CASE("merge_answers: what rules look at is merged window by window") {
  const auto counts = [](const std::string& app, std::chrono::seconds heard, std::uint64_t requests) {
    auto result = std::make_shared<watched_counts>();
    result->apps[app] = {some_time + heard, {some_rollup(requests), some_rollup(10 * requests)}};
    return result;
  };
  using std::chrono::seconds;
  const std::vector<watched_counts_ptr> answers{counts("shop", seconds{5}, 1), counts("shop", seconds{3}, 2),
                                                counts("blog", seconds{7}, 4)};
  const auto merged = merge_answers(answers);
  REQUIRE(merged.apps.size() == 2);
  CHECK(merged.apps.at("shop").heard == some_time + seconds{5});
  CHECK(merged.apps.at("shop").sums.at(0).requests == 3);
  CHECK(merged.apps.at("shop").sums.at(1).requests == 30);
  CHECK(merged.apps.at("blog").sums.at(1).requests == 40);
}

} // namespace protocol_test
