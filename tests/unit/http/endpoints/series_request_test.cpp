// The question for a chart: defaults, rounding, bounds.
#include "http/endpoints/series.hpp"
#include "messages/rollup/metric_value.hpp"
#include "tests/support/problem_in.hpp"

#include <doctest/doctest.h>

namespace series_request_test {

using namespace parseflow;
using namespace parseflow::http;
using namespace std::chrono_literals;

namespace {

constexpr timestamp now{1'772'460'451s};

expected<series_query> read(const httplib::Params& params) {
  httplib::Request request;
  request.params = params;
  const auto app = params.find("app");
  return read_series_request(request, app == params.end() ? "" : app->second, now);
}

minute unix_minute(std::int64_t seconds) {
  return std::chrono::floor<std::chrono::minutes>(timestamp{std::chrono::seconds{seconds}});
}

} // namespace

TEST_CASE("series request: asks for the last hour in minutes, the running one included") {
  const auto question = read({{"metric", "requests"}});
  REQUIRE(problem_in(question) == "");
  CHECK(question->metrics == std::vector<std::string>{"requests"});
  CHECK(question->app.empty());
  CHECK(question->to == unix_minute(1'772'460'480));
  CHECK(question->from == question->to - 1h);
  CHECK(question->step == 1min);
}

TEST_CASE("series request: rounds outwards to whole minutes") {
  const auto question = read({{"metric", "requests"},
                              {"app", "shop"},
                              {"from", "1772450000"},
                              {"to", "1772453601"},
                              {"step", "300"}});
  REQUIRE(problem_in(question) == "");
  CHECK(question->app == "shop");
  CHECK(question->from == unix_minute(1'772'449'980));
  CHECK(question->to == unix_minute(1'772'453'640));
  CHECK(question->step == 5min);
}

TEST_CASE("series request: an unknown metric is answered with the names of all") {
  const auto problem = problem_in(read({{"metric", "requets"}}));
  for (const auto name : rollup::metric_names())
    CHECK(problem.find(name) != std::string::npos);
  CHECK_FALSE(read({}));
}

TEST_CASE("series request: takes a family with a name from the traffic") {
  CHECK(read({{"metric", "code:H12"}}).value().metrics.at(0) == "code:H12");
  CHECK(problem_in(read({{"metric", "custom_p95:db.query@checkout"}})) == "");
  const auto problem = problem_in(read({{"metric", "code:"}}));
  CHECK(problem.find("dyno_p95_ms") != std::string::npos);
}

TEST_CASE("series request: takes several metrics, and commas in the names of families") {
  const auto metrics = [](const char* text) {
    return read({{"metric", text}, {"app", "shop"}}).value().metrics;
  };
  using names = std::vector<std::string>;
  CHECK(metrics("requests,p95_ms") == names{"requests", "p95_ms"});
  CHECK(metrics("custom:a,b") == names{"custom:a,b"});
  CHECK(metrics("custom:a,b,requests,code:H12") == names{"custom:a,b", "requests", "code:H12"});
  CHECK_FALSE(read({{"metric", "requests,p96_ms"}}));
  CHECK_FALSE(read({{"metric", "requests,"}}));
  CHECK_FALSE(read({{"metric", ",requests"}}));
  CHECK(problem_in(read({{"metric", "requests,dyno_requests:web.1"}})).find("app=NAME") != std::string::npos);
}

TEST_CASE("series request: bounds the metrics of an answer") {
  std::string metrics = "requests";
  for (std::size_t i = 1; i < series_query::max_metrics; ++i)
    metrics += ",requests";
  CHECK(problem_in(read({{"metric", metrics}})) == "");
  CHECK(problem_in(read({{"metric", metrics + ",requests"}})).find("more than 20 metrics") !=
        std::string::npos);
}

TEST_CASE("series request: says which of the others is wrong") {
  const auto problem = [](const char* name, const char* value) {
    return problem_in(read({{"metric", "requests"}, {name, value}}));
  };
  for (const auto* step : {"0", "59", "61", "-60", "x", "60s", "99999999999999999999"})
    CHECK_MESSAGE(problem("step", step).starts_with("step must"), step);
  CHECK(problem("from", "yesterday").starts_with("from must"));
  CHECK(problem("to", "tomorrow").starts_with("to must"));
  CHECK(problem("from", "1772460500") == "from must be before to.");
}

TEST_CASE("series request: bounds the points of an answer") {
  const auto to = std::to_string(10'000 * 60);
  CHECK(problem_in(read({{"metric", "requests"}, {"from", "0"}, {"to", to}})) == "");
  const auto one_more = std::to_string(10'001 * 60);
  CHECK_FALSE(read({{"metric", "requests"}, {"from", "0"}, {"to", one_more}}));
  CHECK(problem_in(read({{"metric", "requests"}, {"from", "0"}, {"to", one_more}, {"step", "120"}})) == "");
}

TEST_CASE("series request: dynos and endpoints are those of an app") {
  for (const auto* metric : {"dyno_p95_ms:web.1", "dyno_memory_mb:web.1", "endpoint_requests:/items/:id"}) {
    CAPTURE(metric);
    CHECK(problem_in(read({{"metric", metric}})).find("app=NAME") != std::string::npos);
    CHECK(problem_in(read({{"metric", metric}, {"app", "shop"}})) == "");
  }
}

} // namespace series_request_test
