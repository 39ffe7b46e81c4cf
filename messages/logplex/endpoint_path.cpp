#include "messages/logplex/endpoint_path.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "messages/logplex/byte_search.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::size_t max_endpoint_bytes = 128;
// A longer segment does not name a page of an app, and counts as an identifier.
constexpr std::size_t max_segment_bytes = 64;
constexpr std::string_view placeholder = ":id";

enum char_class : std::uint8_t {
  digit = 1,
  hex_letter = 2,
  letter = 4, // any, hex letters included
  at_sign = 8,
  separator = 16, // `-` and `_`
  backslash = 32,
};

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = '0'; c <= '9'; ++c)
    classes[c] = digit;
  for (unsigned c = 'a'; c <= 'z'; ++c)
    classes[c] = classes[c - 'a' + 'A'] = letter;
  for (unsigned c = 'a'; c <= 'f'; ++c)
    classes[c] = classes[c - 'a' + 'A'] = letter | hex_letter;
  classes['@'] = at_sign;
  classes['-'] = classes['_'] = separator;
  classes['\\'] = backslash;
  return classes;
}

constexpr auto classes = make_classes();

std::uint8_t class_of(char c) {
  return classes[static_cast<unsigned char>(c)];
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36)
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_hyphen ? text[i] != '-' : (class_of(text[i]) & (digit | hex_letter)) == 0)
      return false;
  }
  return true;
}

// True if `segment` stands for one thing among many: it is a number, a UUID, an e-mail address, at least
// eight hex digits with a decimal one among them, at least 16 letters and digits that change between the two
// at least three times, or too long for anything else.
bool is_identifier(std::string_view segment) {
  std::uint8_t any = 0, before = 0;
  bool is_number = !segment.empty(), is_hex = true, is_token = true;
  unsigned changes = 0;
  for (const char c : segment) {
    const std::uint8_t now = class_of(c);
    any |= now;
    is_number &= now == digit;
    is_hex &= (now & (digit | hex_letter)) != 0;
    is_token &= now != 0;
    changes += ((before | now) & (digit | letter)) == (digit | letter);
    before = now & (digit | letter);
  }
  if (is_number || segment.size() > max_segment_bytes)
    return true;
  if ((any & at_sign) != 0)
    return segment.size() >= 3;
  if ((any & digit) == 0 || !is_token)
    return false;
  return (is_hex && segment.size() >= 8) || is_uuid(segment) || (segment.size() >= 16 && changes >= 3);
}

// How many bytes of a segment are replaced: all, those before an extension such as `.json`, or none.
std::size_t replaced_bytes(std::string_view segment) {
  if (is_identifier(segment))
    return segment.size();
  const std::size_t dot = segment.rfind('.');
  if (dot == std::string_view::npos || segment.size() - dot > 6)
    return 0;
  return is_identifier(segment.substr(0, dot)) ? dot : 0;
}

// Every identifier that is not just long has a digit or an `@`, and every escaped quote has a backslash.
bool may_need_work(std::string_view path) {
  std::uint8_t any = 0;
  for (const char c : path)
    any |= class_of(c);
  return (any & (digit | at_sign | backslash)) != 0;
}

// The router may write a quote in the path as it is or as `\"`: both are the same endpoint.
constexpr std::string_view escaped_quote = "\\\"";

void append_unescaped(std::string_view text, std::string& to) {
  for (std::size_t escape; (escape = text.find(escaped_quote)) != std::string_view::npos;) {
    to.append(text.substr(0, escape)).push_back('"');
    text.remove_prefix(escape + escaped_quote.size());
  }
  to += text;
}

// Takes off scheme and host, with which the absolute form of a request target begins.
std::string_view without_origin(std::string_view path) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (path.starts_with(scheme)) {
      const std::size_t slash = path.find('/', scheme.size());
      return slash == std::string_view::npos ? std::string_view{} : path.substr(slash);
    }
  return path;
}

} // namespace

std::string_view endpoint_of(std::string_view path, std::string& scratch) {
  path = path.substr(0, find_either(path, 0, '?', '#'));
  if (!path.starts_with('/'))
    path = without_origin(path);
  if (path.size() <= max_segment_bytes && !may_need_work(path))
    return path;
  bool is_copied = false; // the endpoint so far is in `scratch`, else it is path[0, begin)
  std::size_t begin = 0;
  std::size_t bytes = 0;
  while (begin < path.size()) {
    const std::size_t slash = path.find('/', begin);
    const std::size_t end = std::min(slash, path.size());
    const std::size_t next = std::min(end + 1, path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    const std::size_t replaced = replaced_bytes(segment);
    const std::size_t grown = next - begin - replaced + (replaced != 0 ? placeholder.size() : 0);
    if (bytes + grown > max_endpoint_bytes)
      break;
    const bool is_escaped = segment.find(escaped_quote) != std::string_view::npos;
    if ((replaced != 0 || is_escaped) && !is_copied) {
      scratch.assign(path.substr(0, begin));
      is_copied = true;
    }
    if (is_copied) {
      if (replaced != 0)
        scratch += placeholder;
      append_unescaped(path.substr(begin + replaced, next - begin - replaced), scratch);
    }
    bytes += grown;
    begin = next;
  }
  return is_copied ? std::string_view(scratch) : path.substr(0, begin);
}

} // namespace parseflow::logplex
