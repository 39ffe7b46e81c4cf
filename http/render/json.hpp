// The answer of GET /metrics as JSON. Pure: takes the boxes' answers and returns a text.
#pragma once

#include <string>

#include "http/render/front_counts.hpp"
#include "messages/answers.hpp"
#include "messages/status.hpp"

namespace parseflow::http {

/// Every field of `GET /metrics` (docs/http.md). Invalid UTF-8 is replaced.
std::string metrics_json(const metrics_snapshot& metrics, const alert_report& alerts,
                         const receiver_status& receiver, const front_counts& front = {},
                         const forwarding_status& forwarding = {});

} // namespace parseflow::http
