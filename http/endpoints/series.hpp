// GET /api/series: metrics over time, for charts.
#pragma once

#include <string>

#include <httplib.h>

#include "http/connections/exchange.hpp"
#include "http/endpoints/pipeline_client.hpp"
#include "messages/expected.hpp"

namespace parseflow::http {

/// Reads `metric, app, from, to, step`. Several metrics are separated by commas; a comma that is not followed
/// by a metric is part of the name before it. Without `from` and `to`, asks for the hour up to `now`,
/// including the current minute.
/// @param app See `asked_app`.
expected<series_query> read_series_request(const httplib::Request& request, std::string app, timestamp now);

/// Answers `{"metric", "step_s", "points": [[unix_s, value], …]}`; for several metrics `{"step_s", "series":
/// [{"metric", "points"}, …]}`.
void get_series(exchange& current, pipeline_client& boxes);

} // namespace parseflow::http
