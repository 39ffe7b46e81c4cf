// Renders snapshots of the boxes in the text format that Prometheus scrapes.
#pragma once

#include <string>

#include "http/render/front_counts.hpp"
#include "messages/answers.hpp"
#include "messages/status.hpp"

namespace parseflow::http {

/// The answer to `GET /metrics` in the Prometheus text format 0.0.4: what apps did as `heroku_*`, labelled by
/// app, and how the service is doing as `parseflow_*`. docs/prometheus.md lists every name. Labels come from
/// names whose number the rollups bound; invalid UTF-8 is replaced.
std::string prometheus_text(const app_totals& totals, const alert_report& alerts,
                            const receiver_status& receiver, const front_counts& front = {},
                            const forwarding_status& forwarding = {});

} // namespace parseflow::http
