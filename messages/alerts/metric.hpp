// The metrics that rules can name: those of the rollups, counts of error codes, and three that concern the
// service itself.
#pragma once
#include "messages/rollup/metric_value.hpp"

#include <string>
#include <string_view>

namespace parseflow::alerts {

/// `code:H12`: how often an error code occurred in the rule's window.
inline constexpr std::string_view code_prefix = "code:";
/// Minutes since the last line of an app that was heard within 24 h.
inline constexpr std::string_view silent_minutes = "silent_minutes";
/// Lines that are counted and not yet stored.
inline constexpr std::string_view database_lag_lines = "database_lag_lines";
/// Minutes since the database stopped taking lines.
inline constexpr std::string_view database_away_minutes = "database_away_minutes";

/// True for the metrics of the database, which concern no app.
inline bool is_of_database(std::string_view name) {
  return name == database_lag_lines || name == database_away_minutes;
}

/// True if a rule may name it: it is one of `rollup::metric_names` or of the names above.
bool is_metric(std::string_view name);

/// The names that rules may use, with `code:H12` for all codes, separated by commas: for people.
std::string all_metric_names();

} // namespace parseflow::alerts
