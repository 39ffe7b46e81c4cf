#include "db/alert_rows.hpp"

#include "db/row_mapping.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

alert_row row_of(const alert& one) {
  alert_row row{stored_name(one.type),
                stored_name(one.app),
                one.severity,
                {},
                one.value,
                storable_time(one.raised_at),
                {}};
  make_storable(one.message, row.message);
  if (one.is_resolved)
    row.resolved_at = storable_time(one.resolved_at);
  return row;
}

alert alert_of(alert_row row) {
  return {original_name(row.type),
          original_name(row.app),
          std::move(row.severity),
          std::move(row.message),
          row.value,
          row.raised_at,
          row.resolved_at.has_value(),
          row.resolved_at.value_or(timestamp{})};
}

} // namespace parseflow::db
