// Text → rules.
//
//   RULES      = "none" / RULE *(";" RULE) [";"]
//   RULE       = NAME ":" METRIC COMPARISON NUMBER *CLAUSE      ; words are separated by white space
//   CLAUSE     = "over" DURATION                ; window, 1m to 60m in whole minutes; default 5m
//              / "for" DURATION                 ; how long it must hold, up to 24h; default at once
//              / "resolve" COMPARISON NUMBER    ; default: see `parse_rules`
//              / "min_requests" NUMBER / "app=" APP / "warning" / "critical"
//   COMPARISON = ">" / ">=" / "<" / "<="
//   DURATION   = 1*DIGIT ("s" / "m" / "h")
//   NAME       = 1*64(%x61-7A / DIGIT / "_")    ; lower case
//
//   high_error_rate: error_rate > 5 over 5m for 1m min_requests 20 critical
#pragma once

#include <string_view>
#include <vector>

#include "messages/alerts/rule.hpp"
#include "messages/expected.hpp"

namespace parseflow::alerts {

/// Reads rules; an empty text stands for `default_rules`. Without `resolve`, an alert above a limit is
/// resolved at 4/5 of the limit, or at half of it for a count of error codes; an alert below a limit is
/// resolved at 5/4 of it, or at twice the limit for a count. The problem says which rule and which word is
/// wrong, and what would be right.
expected<std::vector<rule>> parse_rules(std::string_view text);

} // namespace parseflow::alerts
