// GET /metrics: asks the boxes and renders what they say.
#pragma once

#include "http/ask.hpp"
#include "http/exchange.hpp"

namespace parseflow::http {

/// Answers `?app=` and `?window=` as JSON; 503 if the pipeline does not answer.
void get_metrics(exchange& current, box_questions& boxes);

} // namespace parseflow::http
