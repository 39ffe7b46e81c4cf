// Alerts ↔ rows of the table `alert`; the same for every database.
#pragma once

#include <optional>
#include <string>

#include "messages/alert.hpp"

namespace parseflow::db {

/// A row of `alert`, of a node that the caller knows. `type` and `app` are stored names.
struct alert_row {
  std::string type, app, severity, message;
  double value = 0;
  timestamp raised_at{};
  /// NULL while the alert is open.
  std::optional<timestamp> resolved_at;
};

/// The row of an alert, whatever bytes the alert holds.
alert_row row_of(const alert& one);

/// The alert of a row.
alert alert_of(alert_row row);

} // namespace parseflow::db
