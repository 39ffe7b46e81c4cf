// docs/metrics.schema.json against real answers, in both directions: no field without a description, and no
// description without a field.
#include <doctest/doctest.h>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "http/render/json.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/unit/http/render/rich_totals.hpp"

namespace metrics_schema_test {

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const timestamp now{1'772'460'451s};

json schema() {
  std::ifstream file(DOCS "/metrics.schema.json");
  return json::parse(file);
}

// The answer to a body that fills every field.
json rich_answer(const rollup::limits& bounds = {}) {
  metrics_snapshot metrics;
  metrics.question = {"", window::one_day, now};
  metrics.totals = rich_totals(now, bounds);
  metrics.requests_per_second = 0.05;
  metrics.apps = {"shop"};
  alert_report alerts;
  alerts.alerts = {{"high_error_rate", "shop", "critical", "30 % errors", 30, now - 5min, false, {}},
                   {"slow_response", "shop", "warning", "slow", 1200, now - 30min, true, now - 10min}};
  alerts.webhook = webhook_status{1, 2, 3};
  metrics.cluster = cluster_view{"a", {"a", "b"}, {"c"}, {"c"}};
  receiver_status receiver;
  receiver.parsing_budget_bytes = receiver.unstored_budget_bytes = 100;
  alerts.writer = writer_status{};
  alerts.writer->kind = "sqlite";
  return json::parse(http::metrics_json(metrics, alerts, receiver));
}

void check_matches(const json& answer) {
  for (const auto& violation : schema_violations(answer, schema()))
    FAIL_CHECK(violation);
}

// Removes from `described` every property in `part` of the schema that `value` has, and notes it in `seen`.
void take_seen(const json& value, const json& part, const std::string& place,
               std::set<std::string>& described, std::set<std::string>& seen) {
  if (value.is_object())
    for (const auto& [name, member] : value.items()) {
      const bool is_named = part.contains("properties") && part["properties"].contains(name);
      const auto where = place + "/" + (is_named ? name : "*");
      seen.insert(where);
      take_seen(member, is_named ? part["properties"][name] : part["additionalProperties"], where, described,
                seen);
    }
  if (value.is_array())
    for (const auto& item : value)
      take_seen(item, part["items"], place + "/0", described, seen);
  if (part.is_object() && part.contains("properties"))
    for (const auto& [name, unused] : part["properties"].items())
      described.insert(place + "/" + name);
}

} // namespace

TEST_CASE("metrics schema: describes an answer without anything in it") {
  check_matches(json::parse(http::metrics_json({}, {}, {})));
}

TEST_CASE("metrics schema: describes an answer with something of everything") {
  check_matches(rich_answer());
  check_matches(rich_answer({.endpoints = 1, .dynos = 1, .error_codes = 1, .addons = 1, .custom_series = 1}));
}

TEST_CASE("metrics schema: describes nothing that no answer has") {
  std::set<std::string> described, seen;
  take_seen(rich_answer(), schema(), "", described, seen);
  for (const auto& place : described)
    if (!seen.contains(place))
      FAIL_CHECK(place << " is described and never sent");
  CHECK(described.size() > 120);
}

TEST_CASE("metrics schema: a field that is not described, missing, or of another kind is found") {
  const auto count = [](const json& answer) { return schema_violations(answer, schema()).size(); };
  auto answer = rich_answer();
  answer["new_field"] = 1;
  answer["ingest"]["new_field"] = 1;
  answer["endpoints"][0]["new_field"] = 1;
  CHECK(count(answer) == 3);
  answer = rich_answer();
  answer.erase("visitors");
  answer["database"].erase("kind");
  CHECK(count(answer) == 2);
  answer = rich_answer();
  answer["visitors"] = 1.5;
  answer["success_rate"] = 101;
  answer["total_requests"] = -1;
  answer["window"] = "2m";
  answer["timestamp"] = "now";
  answer["apps"] = json::object();
  answer["statuses"]["200"] = "many";
  CHECK(count(answer) == 7);
  CHECK(schema_violations(1, json{{"oneOf", json::array()}}).size() == 1);
  CHECK(schema_violations({{"a", 1}}, json{{"additionalProperties", false}}) ==
        std::vector<std::string>{"/a is not described"});
}

} // namespace metrics_schema_test
