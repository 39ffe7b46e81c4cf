// What a webhook gets.
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "http/render/webhook_body.hpp"

namespace webhook_body_test {

using namespace parseflow;
using namespace parseflow::http;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

alert some_alert() {
  return {"high_error_rate",
          "shop",
          "critical",
          "12.5 % of 80 requests of shop in 5 min failed (limit 5 %)",
          12.5,
          std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min + 31s + 482'915us,
          false,
          {},
          12.5,
          12.5,
          {}};
}

alert ended_alert(std::chrono::seconds after) {
  auto result = some_alert();
  result.is_resolved = true;
  result.resolved_at = result.raised_at + after;
  return result;
}

} // namespace

TEST_CASE("webhook body: the form that docs/alerts.md shows") {
  std::ifstream file{DOCS "/alerts.md"};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  const auto begin = page.find("```json\n") + 8;
  CHECK(json::parse(webhook_body(some_alert())) ==
        json::parse(page.substr(begin, page.find("```", begin) - begin)));
}

TEST_CASE("webhook body: a resolved alert says so, when, and how long it was open") {
  const auto body = json::parse(webhook_body(ended_alert(12min + 40s)));
  CHECK(body["status"] == "resolved");
  CHECK(body["text"] == "[resolved after 12 min] 12.5 % of 80 requests of shop in 5 min failed (limit 5 %)");
  CHECK(body["resolved_at"] == "2026-03-02T14:20:11.482Z");
  CHECK(json::parse(webhook_body(ended_alert(59s)))["text"].get<std::string>().starts_with(
      "[resolved after 59 s]"));
  CHECK(json::parse(webhook_body(ended_alert(5h)))["text"].get<std::string>().starts_with(
      "[resolved after 5 h]"));
}

TEST_CASE("webhook body: a resolved alert says how bad it was") {
  auto ended = ended_alert(12min);
  ended.current = 1.2;
  ended.worst = 35;
  ended.now = "1.2 % of 80 requests of shop in 5 min failed (limit 5 %); at worst 35 %";
  const auto body = json::parse(webhook_body(ended));
  CHECK(body["text"] == "[resolved after 12 min] " + ended.now);
  CHECK(body["message"] == ended.message);
  CHECK(body["value"] == 12.5);
  CHECK(body["current_value"] == 1.2);
  CHECK(body["worst_value"] == 35);
}

TEST_CASE("webhook body: an app's name mentions nobody and breaks no JSON") {
  auto hostile = some_alert();
  hostile.app = "\"\xff<!channel>";
  hostile.message = "a & b <!channel> \xff";
  const auto body = json::parse(webhook_body(hostile));
  CHECK(body["text"] == "[critical] a &amp; b &lt;!channel&gt; \xEF\xBF\xBD");
  CHECK(body["message"] == "a & b <!channel> \xEF\xBF\xBD");
}

} // namespace webhook_body_test
