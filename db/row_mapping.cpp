#include "db/row_mapping.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "db/stored_text.hpp"
#include "messages/logplex/logfmt.hpp"

namespace parseflow::db {

namespace {

using namespace std::chrono_literals;

constexpr timestamp first_time = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
constexpr timestamp last_time = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} + 24h - 1us;
constexpr std::int64_t max_status = std::numeric_limits<std::int16_t>::max();

void unescape_quotes(std::string_view text, std::string& into) {
  into.clear();
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\\' || i + 1 == text.size() || text[i + 1] != '"')
      into += text[i];
}

void append_json_string(std::string_view text, std::string& into) {
  into += '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      into += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      into += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      into += c;
  }
  into += '"';
}

// True if the column holds all of `value`.
bool says_all(std::int64_t column, std::string_view value) {
  if (value.empty())
    return true;
  if (value.ends_with("ms"))
    value.remove_suffix(2);
  return column >= 0 && value == fmt::format_int(column).c_str();
}

// True if a column of its own holds all of `pair`. If a key comes twice, the parser took only one of
// the values.
bool has_column(const logplex::logfmt_pair& pair, const request_record& record) {
  const auto is_field = [&](std::string_view field) { return field == pair.value; };
  const std::string_view key = pair.key;
  if (key == "at")
    return is_field(to_string(record.level));
  if (key == "method")
    return is_field(record.method);
  if (key == "host")
    return is_field(record.host);
  if (key == "request_id")
    return is_field(record.request_id);
  if (key == "fwd")
    return is_field(record.fwd);
  if (key == "dyno")
    return is_field(record.dyno);
  if (key == "code")
    return is_field(record.code);
  if (key == "protocol")
    return is_field(record.protocol);
  if (key == "tls_version")
    return is_field(record.tls_version);
  if (key == "connect")
    return says_all(record.connect_ms, pair.value);
  if (key == "service")
    return says_all(record.service_ms, pair.value);
  if (key == "bytes")
    return says_all(record.bytes, pair.value);
  if (key == "status")
    return record.status <= max_status && says_all(record.status, pair.value);
  return false;
}

// Escapes the name if necessary, so that different names stay different.
std::string_view name(std::string_view text, std::string& scratch) {
  if (is_storable(text) && text.find('\\') == std::string_view::npos)
    return text;
  scratch = escaped_name(text);
  return scratch;
}

// True if the bytes of `part` lie within those of `whole`: the pieces of a path with spaces look like pairs.
bool is_within(std::string_view part, std::string_view whole) {
  const std::less_equal<> not_after;
  return not_after(whole.data(), part.data()) &&
         not_after(part.data() + part.size(), whole.data() + whole.size());
}

} // namespace

timestamp storable_time(timestamp at) {
  return std::clamp(at, first_time, last_time);
}

std::string_view row_mapper::tidy(std::string_view text, std::string& scratch) {
  if (is_storable(text))
    return text;
  is_altered_ = true;
  make_storable(text, scratch);
  return scratch;
}

// Fills `extra_` with the pairs of the line that no column holds, as a JSON object; leaves it empty if there
// are none.
void row_mapper::collect_extra(const request_record& record) {
  extra_.clear();
  logplex::logfmt_reader reader(record.text);
  logplex::logfmt_pair pair;
  std::string value;
  std::string clean;
  while (reader.next(pair)) {
    if (is_within(pair.key, record.path) || (pair.key == "path" && is_within(pair.value, record.path)) ||
        has_column(pair, record))
      continue;
    extra_ += extra_.empty() ? "{" : ", ";
    append_json_string(tidy(pair.key, clean), extra_);
    extra_ += ": ";
    if (pair.has_equals) {
      unescape_quotes(pair.value, value);
      append_json_string(tidy(value, clean), extra_);
    } else {
      extra_ += "true";
    }
  }
  if (!extra_.empty())
    extra_ += '}';
}

const request_row& row_mapper::map(const request_record& record, std::int32_t drain_id,
                                   std::string_view app) {
  is_altered_ = false;
  request_row& row = request_;
  row.at = storable_time(record.at);
  row.drain_id = drain_id;
  row.app = app;
  row.dyno = tidy(record.dyno, scratch_[0]);
  row.method = tidy(record.method, scratch_[1]);
  row.path = record.path;
  if (row.path.find('\\') != std::string_view::npos) {
    unescape_quotes(record.path, scratch_[2]);
    row.path = scratch_[2];
  }
  row.path = tidy(row.path, scratch_[3]);
  row.host = tidy(record.host, scratch_[4]);
  row.request_id = tidy(record.request_id, scratch_[5]);
  row.fwd = tidy(record.fwd, scratch_[6]);
  row.status = record.status > max_status ? request_record::unknown : record.status;
  row.code = tidy(record.code, scratch_[7]);
  row.connect_ms = record.connect_ms;
  row.service_ms = record.service_ms;
  row.bytes = record.bytes;
  row.protocol = tidy(record.protocol, scratch_[8]);
  row.tls_version = tidy(record.tls_version, scratch_[9]);
  row.level = to_string(record.level);
  extra_.clear();
  if (record.has_extra || record.status > max_status)
    collect_extra(record);
  row.extra = extra_;
  row.raw = is_altered_ ? record.text : std::string_view{};
  return row;
}

const log_row& row_mapper::map(const log_record& record, std::int32_t drain_id) {
  is_altered_ = false;
  log_row& row = line_;
  row.at = storable_time(record.at);
  row.drain_id = drain_id;
  row.source = name(record.source, scratch_[0]);
  row.proc = name(record.proc, scratch_[1]);
  row.kind = to_string(record.kind);
  row.severity = to_string(record.level);
  row.code = name(record.code, scratch_[2]);
  row.text = tidy(record.text, scratch_[3]);
  row.raw = is_altered_ ? record.text : std::string_view{};
  return row;
}

const sample_row& row_mapper::map(const sample_record& record, std::int32_t drain_id) {
  sample_row& row = sample_;
  row.at = storable_time(record.at);
  row.drain_id = drain_id;
  row.origin = to_string(record.origin);
  row.source = name(record.source, scratch_[0]);
  row.instance = name(record.instance, scratch_[1]);
  row.proc = name(record.proc, scratch_[2]);
  row.name = name(record.name, scratch_[3]);
  row.kind = to_string(record.kind);
  row.value = record.value + 0.0; // SQLite stores no negative zero
  row.unit = name(record.unit, scratch_[4]);
  row.member = name(record.member, scratch_[5]);
  return row;
}

} // namespace parseflow::db
