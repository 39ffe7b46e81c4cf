#include "messages/alerts/metric.hpp"

#include <fmt/format.h>

#include "messages/rollup/metric_value.hpp"
#include "messages/rollup/span_rollup.hpp"

namespace parseflow::alerts {

namespace {

// H12, R14, L10: a letter and digits.
bool is_code(std::string_view text) {
  return text.size() >= 2 && text.size() <= 8 && text.front() >= 'A' && text.front() <= 'Z' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

} // namespace

bool is_metric(std::string_view name) {
  if (name.starts_with(code_prefix))
    return is_code(name.substr(code_prefix.size()));
  return name == silent_minutes || is_of_database(name) || rollup::is_metric(name);
}

std::string all_metric_names() {
  return fmt::format("{}, {}H12, {}, {}, {}", fmt::join(rollup::metric_names(), ", "), code_prefix,
                     silent_minutes, database_lag_lines, database_away_minutes);
}

} // namespace parseflow::alerts
