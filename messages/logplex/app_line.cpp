// A line that the app wrote.
#include "messages/logplex/app_line.hpp"

#include <algorithm>
#include <array>

#include "messages/logplex/json_text.hpp"
#include "messages/logplex/logfmt.hpp"
#include "messages/logplex/number_text.hpp"
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

// Two pairs make a text logfmt. `has_numbers` if a key may be one of l2met's.
bool read_logfmt(std::string_view text, severity& level, bool& has_numbers) {
  if (text.find('=') == npos)
    return false;
  int pairs = 0;
  logfmt_reader reader(text);
  for (logfmt_pair pair; reader.next(pair);) {
    if (!pair.has_equals || !is_key(pair.key))
      continue;
    ++pairs;
    if (is_text(pair.key, "level") || is_text(pair.key, "lvl") || is_text(pair.key, "severity"))
      level = severity_named(pair.value);
    else if (pair.key.find('#') != npos || pair.key.starts_with("measure."))
      has_numbers = true;
  }
  return pairs >= 2;
}

} // namespace

bool read_app_line(log_record& line) {
  bool has_numbers = false;
  severity level = severity::none;
  line.kind = line_kind::text;
  if (line.text.starts_with('{') && read_json(line.text, level)) {
    line.kind = line_kind::json;
  } else if (read_logfmt(line.text, level, has_numbers)) {
    line.kind = line_kind::logfmt;
  } else {
    level = severity::none;
  }
  line.level = level == severity::none && line.kind != line_kind::json ? leading_severity(line.text) : level;
  return has_numbers;
}

} // namespace parseflow::logplex
