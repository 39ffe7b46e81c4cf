// GET /api/series: one metric over time, for charts.
#pragma once

#include <string>

#include <httplib.h>

#include "http/connections/exchange.hpp"
#include "http/endpoints/pipeline_client.hpp"

namespace parseflow::http {

/// Most points of one answer.
inline constexpr int max_series_points = 10'000;

/// The question in a query string; or, if `problem` is not empty, a sentence that says what is wrong.
struct series_request {
  series_query question;
  std::string problem;
};

/// Reads `metric, app, from, to, step`. Without `from` and `to` the hour up to `now`, the running minute
/// included.
series_request read_series_request(const httplib::Request& request, timestamp now);

/// Answers `{"metric", "step_s", "points": [[unix_s, value], …]}`.
void get_series(exchange& current, box_questions& boxes);

} // namespace parseflow::http
