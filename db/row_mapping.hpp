// Records → the columns of the tables `request` and `log_line`; the same for every database.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "messages/record.hpp"

namespace parseflow::db {

/// The span of times that both databases hold and can show: 0001-01-01 to 9999-12-31. Others are moved into
/// it.
timestamp storable_time(timestamp at);

/// A row of `request`. Empty texts and negative numbers are NULL.
struct request_row {
  timestamp at{};
  std::int32_t drain_id = 0;
  std::string_view app, dyno, method, path, host, request_id, fwd;
  std::int64_t status = request_record::unknown;
  std::string_view code;
  std::int64_t connect_ms = request_record::unknown;
  std::int64_t service_ms = request_record::unknown;
  std::int64_t bytes = request_record::unknown;
  std::string_view protocol, tls_version, level, extra, raw;
};

/// A row of `log_line`. Empty texts are NULL, but for `text`.
struct log_row {
  timestamp at{};
  std::int32_t drain_id = 0;
  std::string_view source, proc, kind, severity, text, raw;
};

/// The columns in the order in which `visit` gives them.
inline constexpr std::string_view request_columns =
    "at, drain_id, app, dyno, method, path, host, request_id, fwd, status, code, connect_ms, service_ms, "
    "bytes, "
    "protocol, tls_version, level, extra, raw";
inline constexpr std::size_t request_column_count = 19;
inline constexpr std::string_view log_columns = "at, drain_id, source, proc, kind, severity, text, raw";
inline constexpr std::size_t log_column_count = 8;

/// Gives every column to `to`, by kind: `time`, `number16`, `number32`, `number64`, `text` (empty: NULL),
/// `text_not_null`, `json`, `blob` (empty: NULL).
template <class Columns>
void visit(const request_row& row, Columns& to) {
  to.time(row.at);
  to.number32(row.drain_id);
  for (std::string_view text : {row.app, row.dyno, row.method, row.path, row.host, row.request_id, row.fwd})
    to.text(text);
  to.number16(row.status);
  to.text(row.code);
  for (std::int64_t number : {row.connect_ms, row.service_ms, row.bytes})
    to.number64(number);
  for (std::string_view text : {row.protocol, row.tls_version, row.level})
    to.text(text);
  to.json(row.extra);
  to.blob(row.raw);
}

template <class Columns>
void visit(const log_row& row, Columns& to) {
  to.time(row.at);
  to.number32(row.drain_id);
  for (std::string_view text : {row.source, row.proc, row.kind, row.severity})
    to.text(text);
  to.text_not_null(row.text);
  to.blob(row.raw);
}

/// Maps records to rows that both databases take, whatever the records hold, without losing anything: see the
/// columns `extra` and `raw` in db/migrations. A row is valid until the next call, and no longer than its
/// record.
class row_mapper {
public:
  /// `app` is a stored name. In `path` and `extra`, `\"` is unescaped.
  const request_row& map(const request_record& record, std::int32_t drain_id, std::string_view app);

  /// `source` and `proc` become escaped names.
  const log_row& map(const log_record& record, std::int32_t drain_id);

private:
  std::string_view tidy(std::string_view text, std::string& scratch);
  void collect_extra(const request_record& record);

  request_row request_;
  log_row line_;
  std::array<std::string, 10> scratch_;
  std::string extra_;
  bool is_altered_ = false; // a text of the row is not the text of the record
};

} // namespace parseflow::db
