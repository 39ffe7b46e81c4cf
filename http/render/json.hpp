// The answer of GET /metrics as JSON. Pure: what the boxes said goes in, a text comes out.
#pragma once

#include <string>

#include "http/connections/connection_limits.hpp"
#include "messages/answers.hpp"
#include "messages/status.hpp"

namespace parseflow::http {

/// Every field of `GET /metrics` (docs/http.md). Bytes that are no UTF-8 are replaced.
std::string metrics_json(const metrics_snapshot& metrics, const alert_report& alerts,
                         const receiver_status& receiver, const writer_status& writer,
                         const connection_counts& connections = {});

} // namespace parseflow::http
