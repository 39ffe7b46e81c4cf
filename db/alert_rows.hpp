// Converts alerts to rows of the table `alert` and back; the same for every database.
#pragma once

#include <optional>
#include <string>

#include "messages/alert.hpp"

namespace parseflow::db {

/// A row of `alert`; its node is known to the caller. `type` and `app` are stored names.
struct alert_row {
  std::string type, app, severity, message;
  double value = 0;
  timestamp raised_at{};
  /// NULL while the alert is open.
  std::optional<timestamp> resolved_at;
};

/// The row of an alert; the alert may hold any bytes.
alert_row row_of(const alert& one);

alert alert_of(alert_row row);

} // namespace parseflow::db
