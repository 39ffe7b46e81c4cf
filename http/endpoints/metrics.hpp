// GET /metrics: asks the boxes and renders their answers as JSON or for Prometheus.
#pragma once

#include "http/connections/exchange.hpp"
#include "http/endpoints/pipeline_client.hpp"
#include "http/render/front_counts.hpp"

namespace parseflow::http {

/// Answers `?app=` and `?window=` as JSON, or `?app=` as a Prometheus exposition if the Accept header asks
/// for one, as far as the key allows (`asked_app`); 503 if the pipeline does not answer. Until the counts of
/// earlier runs are restored, an exposition is also answered 503.
void get_metrics(exchange& current, pipeline_client& boxes, front_counts front);

} // namespace parseflow::http
