#include "messages/logplex/router_line.hpp"

#include <cstdint>

#include "messages/logplex/blank_text.hpp"
#include "messages/logplex/letter.hpp"
#include "messages/logplex/logfmt.hpp"
#include "messages/logplex/number_text.hpp"

namespace parseflow::logplex {

namespace {

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
  if (is_text(at, "info"))
    return severity::info;
  if (is_text(at, "warning"))
    return severity::warning;
  return is_text(at, "error") ? severity::error : severity::none;
}

// Reads a count or a duration: digits, perhaps a fraction, perhaps a unit. `is_exact` turns false if the
// value says more than the number returned.
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

// The whole of an unquoted path. It may hold spaces, unlike other values, and ends where the next known
// field begins.
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
  return without_leading_blanks({begin, static_cast<std::size_t>(end - begin)});
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

namespace {

// Walks over the fields of a text and guesses their keys. A wrong guess is noted, not acted upon, so that a
// line costs one branch. Every read stays within the text and its slack.
class guess {
public:
  guess(const char* text, const char* readable, const field_ends& ends)
      : text_(text), readable_(readable), ends_(ends) {}

  // True if the next field begins with `key=`.
  template <std::size_t N>
  bool is_next(const char (&key)[N]) const {
    return is_text_at(readable_ + begin_, key);
  }

  // The value of the next field, whose key is `key=`.
  template <std::size_t N>
  std::string_view take(const char (&key)[N]) {
    constexpr int key_bytes = N - 1;
    const int end = ends_.at[next_++];
    const int bytes = end - begin_ - key_bytes;
    is_wrong_ |= !is_text_at(readable_ + begin_, key) | (bytes < 0);
    const char* const value = text_ + begin_ + key_bytes;
    begin_ = end + 1;
    return {value, static_cast<std::size_t>(bytes)};
  }

  // The same for a value in quotes. If every value that should be quoted is quoted, and the text has no other
  // quotes, then all quotes are where they belong.
  template <std::size_t N>
  std::string_view take_quoted(const char (&key)[N]) {
    const std::string_view value = take(key);
    const auto bytes = static_cast<std::ptrdiff_t>(value.size());
    quotes_ += 2;
    is_wrong_ |= bytes < 2 || value.data()[0] != '"' || value.data()[bytes - 1] != '"';
    return {value.data() + 1, static_cast<std::size_t>(bytes - 2)};
  }

  void fail_if(bool wrong) { is_wrong_ |= wrong; }

  // True if all guesses were right and the text holds nothing besides what was taken.
  bool holds() const { return !is_wrong_ && next_ == ends_.count && quotes_ == ends_.quotes; }

private:
  const char* text_;
  const char* readable_;
  const field_ends& ends_;
  int begin_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t quotes_ = 0;
  bool is_wrong_ = false;
};

// Like `number_of`, for the numbers that nearly all lines have.
inline std::int64_t usual_number(std::string_view value, bool is_duration, guess& fields) {
  std::size_t digits = value.size();
  if (is_duration && digits > 2 && std::memcmp(value.data() + digits - 2, "ms", 2) == 0)
    digits -= 2;
  std::uint64_t number = 0;
  // Reading backwards needs eight bytes before the end of the digits: the keys before the value provide them.
  if (digits - 1 < 8 && read_digits_before(value.data() + digits, digits, number)) [[likely]]
    return static_cast<std::int64_t>(number);
  bool is_exact = true;
  const std::int64_t any = number_of(value, is_duration, is_exact);
  fields.fail_if(!is_exact);
  return any;
}

} // namespace

bool read_usual_router_line(std::string_view text, const char* readable, field_scan scan,
                            request_record& out) {
  field_ends ends;
  if (!scan(readable, text.size(), ends))
    return false;
  guess fields(text.data(), readable, ends);
  out.text = text;
  bool has_extra = false;
  if (fields.is_next("sock=")) {
    fields.take("sock=");
    has_extra = true;
  }
  out.level = severity_of(fields.take("at="));
  fields.fail_if(out.level == severity::none);
  if (fields.is_next("code=")) {
    out.code = fields.take("code=");
    fields.take_quoted("desc=");
    if (fields.is_next("cause="))
      fields.take_quoted("cause=");
    has_extra = true;
  }
  out.method = fields.take("method=");
  out.path = fields.take_quoted("path=");
  out.host = fields.take("host=");
  out.request_id = fields.take("request_id=");
  out.fwd = fields.take_quoted("fwd=");
  out.dyno = fields.take("dyno=");
  const std::string_view connect = fields.take("connect="), service = fields.take("service=");
  const std::string_view status = fields.take("status="), bytes = fields.take("bytes=");
  if (fields.is_next("tls_version="))
    out.tls_version = fields.take("tls_version=");
  out.protocol = fields.take("protocol=");
  if (fields.is_next("tls=")) {
    fields.take("tls=");
    out.tls_version = fields.take("tls_version=");
    has_extra = true;
  }
  if (fields.is_next("agent=")) {
    fields.take_quoted("agent=");
    has_extra = true;
  }
  if (!fields.holds())
    return false;
  out.connect_ms = usual_number(connect, true, fields);
  out.service_ms = usual_number(service, true, fields);
  out.bytes = usual_number(bytes, false, fields);
  out.status = usual_number(status, false, fields);
  fields.fail_if(out.status != request_record::unknown && (out.status < 100 || out.status > 999));
  out.has_extra = has_extra;
  return fields.holds();
}

} // namespace parseflow::logplex
