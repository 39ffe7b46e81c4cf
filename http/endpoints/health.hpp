// GET /healthz and GET /readyz: whether the process serves, and whether the pipeline answers.
#pragma once

#include "http/connections/exchange.hpp"
#include "http/endpoints/pipeline_client.hpp"

namespace parseflow::http {

/// Answers 200 whenever the process serves.
void get_health(exchange& current);

/// Answers 200 if the pipeline answers within a second and the journal takes lines, otherwise 503. The
/// database is reported but does not count, because lines wait for it (promise P4).
/// @param with_details Also report the state of the boxes, the journal and the database; otherwise only
/// whether the service is ready.
void get_readiness(exchange& current, pipeline_client& boxes, bool with_details);

} // namespace parseflow::http
