// How bad a line of an app says it is.
#include "messages/logplex/severity_text.hpp"

#include <algorithm>
#include <cstdint>

namespace parseflow::logplex {

namespace {

constexpr std::size_t longest_name = 8;

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

// The letters of a word of at most eight, in lower case, in one number.
constexpr std::uint64_t packed(std::string_view word) {
  std::uint64_t letters = 0;
  for (const char c : word)
    letters = letters << 8 | static_cast<unsigned char>(lower(c));
  return letters;
}

// Ruby's logger: the initial of the level, a comma, the time in brackets.
severity initial_severity(char initial) {
  switch (initial) {
  case 'D':
    return severity::debug;
  case 'I':
    return severity::info;
  case 'W':
    return severity::warning;
  case 'E':
    return severity::error;
  case 'F':
    return severity::fatal;
  default:
    return severity::none;
  }
}

} // namespace

severity severity_named(std::string_view word) {
  struct entry {
    std::uint64_t name;
    severity level;
  };
  static constexpr entry entries[] = {
      {packed("info"), severity::info},      {packed("error"), severity::error},
      {packed("warn"), severity::warning},   {packed("warning"), severity::warning},
      {packed("debug"), severity::debug},    {packed("fatal"), severity::fatal},
      {packed("trace"), severity::debug},    {packed("notice"), severity::info},
      {packed("critical"), severity::fatal}, {packed("err"), severity::error},
      {packed("crit"), severity::fatal},     {packed("panic"), severity::fatal},
      {packed("alert"), severity::fatal},    {packed("emerg"), severity::fatal},
      {packed("verbose"), severity::debug},  {packed("severe"), severity::error},
      {packed("log"), severity::info},
  };
  if (word.size() < 3 || word.size() > longest_name)
    return severity::none;
  const std::uint64_t name = packed(word);
  for (const entry& e : entries)
    if (e.name == name)
      return e.level;
  return severity::none;
}

severity severity_numbered(std::int64_t level) {
  if (level < 10 || level > 60)
    return severity::none;
  if (level < 30)
    return severity::debug;
  if (level < 40)
    return severity::info;
  if (level < 50)
    return severity::warning;
  return level < 60 ? severity::error : severity::fatal;
}

severity leading_severity(std::string_view text) {
  const bool is_bracketed = text.starts_with('[') || text.starts_with('<');
  if (is_bracketed)
    text.remove_prefix(1);
  std::size_t length = 0;
  while (length < text.size() && length <= longest_name && is_letter(text[length]))
    ++length;
  const char after = length < text.size() ? text[length] : ' ';
  if (length == 1 && after == ',' && text.substr(2).starts_with(" ["))
    return initial_severity(text[0]);
  const std::string_view word = text.substr(0, length);
  const bool is_marked = is_bracketed ? after == ']' || after == '>' : after == ':';
  const bool is_shouted = !is_bracketed && after == ' ' && std::all_of(word.begin(), word.end(), is_upper);
  return is_marked || is_shouted ? severity_named(word) : severity::none;
}

} // namespace parseflow::logplex
