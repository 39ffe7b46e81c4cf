// The answer of GET /metrics as JSON. Pure: what the boxes said goes in, a text comes out.
#pragma once

#include <string>
#include <string_view>

#include "http/connection_limits.hpp"
#include "messages/query.hpp"

namespace parseflow::http {

/// Every field of `GET /metrics` (docs/http.md). Bytes that are no UTF-8 are replaced.
std::string metrics_json(const metrics_snapshot& metrics, const receiver_status& receiver,
                         const writer_status& writer, const connection_counts& connections = {});

/// `healthy`; `warning` above 5 % errors or a mean above 1 s; `critical` above 10 % or 3 s.
std::string_view dyno_health(double error_rate, double mean_ms);

} // namespace parseflow::http
