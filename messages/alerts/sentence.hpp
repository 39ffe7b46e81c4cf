// What an alert says to people.
#pragma once

#include <string>
#include <string_view>

#include "messages/alerts/measure.hpp"
#include "messages/alerts/rule.hpp"

namespace parseflow::alerts {

/// One sentence with the value, its unit, the span and the limit: `12.5 % of 80 requests of shop in 5 min
/// failed (limit 5 %)`. Precondition: `found` has a value.
std::string sentence(const rule& judged, std::string_view app, const measured& found);

} // namespace parseflow::alerts
