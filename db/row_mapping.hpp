// Converts records to rows that every database accepts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "db/rows.hpp"
#include "messages/parsed_body.hpp"

namespace parseflow::db {

/// Moves `at` into the times that both databases can hold and show: 0001-01-01 to 9999-12-31.
timestamp storable_time(timestamp at);

/// Converts records to rows that both databases accept, whatever the records hold. Nothing is lost: see
/// the columns `extra` and `raw` in db/migrations. A row is valid until the next call, and only as long as
/// its record.
class row_mapper {
public:
  /// `app` is a stored name. `\"` is unescaped in `path` and `extra`.
  const request_row& map(const request_record& record, std::int32_t drain_id, std::string_view app);

  /// `source`, `proc` and `code` become escaped names.
  const log_row& map(const log_record& record, std::int32_t drain_id);

  /// All texts become escaped names.
  const sample_row& map(const sample_record& record, std::int32_t drain_id);

private:
  std::string_view tidy(std::string_view text, std::string& scratch);
  void collect_extra(const request_record& record);

  request_row request_;
  log_row line_;
  sample_row sample_;
  std::array<std::string, 10> scratch_;
  std::string extra_;
  bool is_altered_ = false; // a text in the row differs from that in the record
};

} // namespace parseflow::db
