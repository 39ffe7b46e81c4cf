// The rows of the tables `request`, `log_line` and `sample`, and the order of their columns; the same for
// every database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "messages/request_record.hpp"

namespace parseflow::db {

/// A row of `request`. Empty texts and negative numbers become NULL.
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

/// A row of `log_line`. Empty texts become NULL, except `text`.
struct log_row {
  timestamp at{};
  std::int32_t drain_id = 0;
  std::string_view source, proc, kind, severity, code, text, raw;
};

/// A row of `sample`. Empty texts become NULL, except `name`.
struct sample_row {
  timestamp at{};
  std::int32_t drain_id = 0;
  std::string_view origin, source, instance, proc, name, kind;
  double value = 0;
  std::string_view unit, member;
};

/// A table's name, and its columns in the order in which `visit` passes them.
struct table_columns {
  std::string_view name;
  std::string_view columns;
  std::size_t count;
};
inline constexpr table_columns request_table{"request",
                                             "at, drain_id, app, dyno, method, path, host, request_id, fwd, "
                                             "status, code, connect_ms, service_ms, bytes, "
                                             "protocol, tls_version, level, extra, raw",
                                             19};
inline constexpr table_columns log_table{"log_line",
                                         "at, drain_id, source, proc, kind, severity, code, text, raw", 9};
inline constexpr table_columns sample_table{
    "sample", "at, drain_id, origin, source, instance, proc, name, kind, value, unit, member", 11};

/// Passes every column to `to`, by kind: `time`, `number16`, `number32`, `number64`, `real` (not finite:
/// NULL), `text` (empty: NULL), `text_not_null`, `json`, `blob` (empty: NULL).
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
  for (std::string_view text : {row.source, row.proc, row.kind, row.severity, row.code})
    to.text(text);
  to.text_not_null(row.text);
  to.blob(row.raw);
}

template <class Columns>
void visit(const sample_row& row, Columns& to) {
  to.time(row.at);
  to.number32(row.drain_id);
  for (std::string_view text : {row.origin, row.source, row.instance, row.proc})
    to.text(text);
  to.text_not_null(row.name);
  to.text(row.kind);
  to.real(row.value);
  to.text(row.unit);
  to.text(row.member);
}

} // namespace parseflow::db
