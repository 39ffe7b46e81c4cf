// GET /healthz and GET /readyz: does the process serve, does the pipeline answer.
#pragma once

#include "http/connections/exchange.hpp"
#include "http/endpoints/pipeline_client.hpp"

namespace parseflow::http {

/// 200 whenever the process serves.
void get_health(exchange& current);

/// 200 if the pipeline answers within a second and the journal takes lines, else 503. The database is
/// reported and does not count: lines wait for it (promise P4).
/// @param with_details Tell how the boxes, the journal and the database are; else only whether it is ready.
void get_readiness(exchange& current, box_questions& boxes, bool with_details);

} // namespace parseflow::http
