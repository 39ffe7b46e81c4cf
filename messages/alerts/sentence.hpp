// The text of an alert, for people.
#pragma once

#include <string>
#include <string_view>

#include "messages/alert.hpp"
#include "messages/alerts/measure.hpp"
#include "messages/alerts/rule.hpp"

namespace parseflow::alerts {

/// One sentence with the value, its unit, the span and the limit: `12.5 % of 80 requests of shop in 5 min
/// failed (limit 5 %)`. Enough digits to tell the value from the limit. Precondition: `found` has a value.
std::string sentence(const rule& judged, std::string_view app, const measured& found);

/// The same, with the worst value since the alert was raised if that differs: `…; at worst 35 %`.
std::string sentence(const rule& judged, std::string_view app, const measured& found, double worst);

/// A length in whole seconds, minutes or hours: `12 min`.
std::string length_text(std::chrono::microseconds length);

/// The state of the alert, in a sentence: its last judgement and, after a minute, how long it has been or
/// was open.
std::string state_text(const alert& one, timestamp now);

} // namespace parseflow::alerts
