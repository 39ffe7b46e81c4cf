// The text of a router line → a request.
#include "messages/logplex/router_line.hpp"

#include <cstdint>

#include "messages/logplex/logfmt.hpp"

namespace parseflow::logplex {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

enum class key : std::uint8_t {
  at,
  code,
  method,
  path,
  host,
  request_id,
  fwd,
  dyno,
  connect,
  service,
  status,
  bytes,
  protocol,
  tls_version,
  no_field, // A known key that stays in the text.
  none,
};

key key_of(std::string_view name) {
  struct entry {
    std::string_view name;
    key id;
  };
  static constexpr entry entries[] = {
      {"at", key::at},
      {"code", key::code},
      {"method", key::method},
      {"path", key::path},
      {"host", key::host},
      {"request_id", key::request_id},
      {"fwd", key::fwd},
      {"dyno", key::dyno},
      {"connect", key::connect},
      {"service", key::service},
      {"status", key::status},
      {"bytes", key::bytes},
      {"protocol", key::protocol},
      {"tls_version", key::tls_version},
      {"sock", key::no_field},
      {"desc", key::no_field},
      {"cause", key::no_field},
      {"agent", key::no_field},
      {"tls", key::no_field},
  };
  for (const entry& e : entries)
    if (e.name == name)
      return e.id;
  return key::none;
}

severity severity_of(std::string_view at) {
  if (at == "info")
    return severity::info;
  if (at == "warning")
    return severity::warning;
  return at == "error" ? severity::error : severity::none;
}

// A count or a duration: digits, perhaps a fraction, perhaps a unit. `is_exact` turns false if the value says
// more than the number returned.
std::int64_t number_of(std::string_view text, bool is_duration, bool& is_exact) {
  if (text.empty())
    return request_record::unknown;
  std::int64_t value = 0;
  std::size_t i = 0;
  for (; i < text.size() && i < 18 && is_digit(text[i]); ++i)
    value = value * 10 + (text[i] - '0');
  if (i == 0 || (i < text.size() && is_digit(text[i]))) {
    is_exact = false;
    return request_record::unknown;
  }
  if (i < text.size() && text[i] == '.')
    for (++i; i < text.size() && is_digit(text[i]); ++i)
      is_exact = is_exact && text[i] == '0';
  const std::string_view unit = text.substr(i);
  if (unit.empty() || (is_duration ? unit == "ms" : unit == "bytes"))
    return value;
  is_exact = false;
  return request_record::unknown;
}

// An unquoted path that holds spaces ends where the next field that we know begins; no other value does so.
std::string_view whole_path(logfmt_reader& reader, std::string_view path) {
  const char* const begin = path.data();
  const std::string_view rest = reader.rest();
  logfmt_reader ahead = reader;
  logfmt_pair pair;
  const char* end = begin + path.size();
  while (ahead.next(pair) && !(pair.has_equals && key_of(pair.key) != key::none)) {
    const std::string_view last = pair.has_equals ? pair.value : pair.key;
    end = last.data() + last.size() + (pair.is_quoted ? 1 : 0);
  }
  reader.skip_to(rest.substr(static_cast<std::size_t>(end - rest.data())));
  return {begin, static_cast<std::size_t>(end - begin)};
}

// Sets one field. False if the value says more than the field can hold.
bool set(request_record& out, key id, std::string_view value) {
  bool is_exact = true;
  switch (id) {
  case key::at:
    out.level = severity_of(value);
    return out.level != severity::none;
  case key::code:
    out.code = value;
    break;
  case key::method:
    out.method = value;
    break;
  case key::path:
    out.path = value;
    break;
  case key::host:
    out.host = value;
    break;
  case key::request_id:
    out.request_id = value;
    break;
  case key::fwd:
    out.fwd = value;
    break;
  case key::dyno:
    out.dyno = value;
    break;
  case key::connect:
    out.connect_ms = number_of(value, true, is_exact);
    break;
  case key::service:
    out.service_ms = number_of(value, true, is_exact);
    break;
  case key::status:
    out.status = number_of(value, false, is_exact);
    if (out.status != request_record::unknown && (out.status < 100 || out.status > 999)) {
      out.status = request_record::unknown;
      is_exact = false;
    }
    break;
  case key::bytes:
    out.bytes = number_of(value, false, is_exact);
    break;
  case key::protocol:
    out.protocol = value;
    break;
  case key::tls_version:
    out.tls_version = value;
    break;
  case key::no_field:
  case key::none:
    return false;
  }
  return is_exact;
}

} // namespace

bool read_router_line(std::string_view text, request_record& out) {
  const timestamp at = out.at;
  out = {};
  out.at = at;
  out.text = text;
  std::uint32_t seen = 0;
  logfmt_reader reader(text);
  logfmt_pair pair;
  while (reader.next(pair)) {
    const key id = pair.has_equals ? key_of(pair.key) : key::none;
    const std::uint32_t bit = 1u << static_cast<unsigned>(id);
    const bool is_repeated = id < key::no_field && (seen & bit) != 0;
    if (is_repeated)
      out.has_extra = true;
    if (is_repeated && id <= key::path)
      continue;
    seen |= bit;
    if (id == key::path && !pair.is_quoted)
      pair.value = whole_path(reader, pair.value);
    if (!set(out, id, pair.value))
      out.has_extra = true;
  }
  constexpr std::uint32_t method_bit = 1u << static_cast<unsigned>(key::method);
  constexpr std::uint32_t status_bit = 1u << static_cast<unsigned>(key::status);
  return (seen & (method_bit | status_bit)) != 0;
}

} // namespace parseflow::logplex
