#include "messages/logplex/app_line.hpp"

#include <algorithm>
#include <array>

#include "messages/logplex/colour_codes.hpp"
#include "messages/logplex/json_text.hpp"
#include "messages/logplex/level_prefix.hpp"
#include "messages/logplex/logfmt.hpp"
#include "messages/logplex/severity_text.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_key_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '#' || c == '/' || c == '@';
}

bool is_key(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_key_letter);
}

// Two pairs make a text logfmt. Its level is the first one that a pair names.
bool read_logfmt(std::string_view text, severity& level, bool& has_numbers) {
  if (text.find('=') == npos)
    return false;
  int pairs = 0;
  logfmt_reader reader(text);
  for (logfmt_pair pair; reader.next(pair);) {
    const std::string_view key = without_colours_around(pair.key);
    if (!pair.has_equals || !is_key(key))
      continue;
    ++pairs;
    if (level == severity::none && names_level(key))
      level = severity_told(pair.value);
    else if (key.starts_with("measure."))
      has_numbers = true;
  }
  return pairs >= 2;
}

} // namespace

bool read_app_line(log_record& line) {
  line.level = severity::none;
  if (line.text.starts_with('{') && read_json(line.text, line.level)) {
    line.kind = line_kind::json;
    return false;
  }
  // The name of a number may hold any character, and a count needs no equals sign.
  bool has_numbers = line.text.find('#') != npos;
  const bool is_logfmt = read_logfmt(line.text, line.level, has_numbers);
  line.kind = is_logfmt ? line_kind::logfmt : line_kind::text;
  if (!is_logfmt || line.level == severity::none)
    line.level = leading_severity(line.text);
  return has_numbers;
}

} // namespace parseflow::logplex
