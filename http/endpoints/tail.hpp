// GET /api/logs/tail: the lines as they come, as server-sent events.
#pragma once

#include "http/connections/exchange.hpp"
#include "http/endpoints/pipeline_client.hpp"
#include "messages/tail.hpp"

namespace parseflow::http {

/// Answers with a stream, or 400 if the query cannot be read.
void get_tail(exchange& current, pipeline_client& boxes);

} // namespace parseflow::http
