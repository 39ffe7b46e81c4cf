// Records → rows that every database takes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "db/rows.hpp"
#include "messages/record.hpp"

namespace parseflow::db {

/// The span of times that both databases hold and can show: 0001-01-01 to 9999-12-31. Others are moved into
/// it.
timestamp storable_time(timestamp at);

/// Maps records to rows that both databases take, whatever the records hold, without losing anything: see the
/// columns `extra` and `raw` in db/migrations. A row is valid until the next call, and no longer than its
/// record.
class row_mapper {
public:
  /// `app` is a stored name. In `path` and `extra`, `\"` is unescaped.
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
  bool is_altered_ = false; // a text of the row is not the text of the record
};

} // namespace parseflow::db
