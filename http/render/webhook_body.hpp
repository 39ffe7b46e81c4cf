// Renders an alert as the JSON that a webhook gets.
#pragma once

#include <string>

#include "messages/alert.hpp"

namespace parseflow::http {

/// The form that docs/alerts.md shows: `text` for Slack and services that understand its form, and every
/// field. Valid JSON whatever bytes the alert holds.
std::string webhook_body(const alert& announced);

} // namespace parseflow::http
