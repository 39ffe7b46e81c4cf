#include "messages/logplex/postgres_line.hpp"

#include <algorithm>

#include "messages/logplex/blank_text.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::size_t npos = std::string_view::npos;

// Takes a number of one to nine digits off the front.
bool take_number(std::string_view& rest, std::uint64_t& out) {
  out = 0;
  std::size_t i = 0;
  for (; i < rest.size() && i < 9 && rest[i] >= '0' && rest[i] <= '9'; ++i)
    out = out * 10 + static_cast<std::uint64_t>(rest[i] - '0');
  rest.remove_prefix(i);
  return i != 0;
}

bool take(std::string_view& rest, std::string_view word) {
  if (!rest.starts_with(word))
    return false;
  rest.remove_prefix(word.size());
  return true;
}

// The words that begin a message, or a part that belongs to one.
struct level_word {
  std::string_view word;
  severity level;
};
constexpr level_word level_words[] = {
    {"LOG", severity::info},       {"ERROR", severity::error},     {"FATAL", severity::fatal},
    {"STATEMENT", severity::none}, {"DETAIL", severity::none},     {"HINT", severity::none},
    {"CONTEXT", severity::none},   {"WARNING", severity::warning}, {"NOTICE", severity::info},
    {"INFO", severity::info},      {"PANIC", severity::fatal},     {"QUERY", severity::none},
    {"LOCATION", severity::none},  {"DEBUG", severity::debug},     {"DEBUG1", severity::debug},
    {"DEBUG2", severity::debug},   {"DEBUG3", severity::debug},    {"DEBUG4", severity::debug},
    {"DEBUG5", severity::debug},
};

// The level word that `rest` begins with, followed by a colon; null if there is none.
const level_word* level_at(std::string_view rest) {
  for (const level_word& known : level_words)
    if (rest.starts_with(known.word) && rest.substr(known.word.size()).starts_with(':'))
      return &known;
  return nullptr;
}

// Takes `key="` or `key = "` off the front and returns the key; empty if there is none.
std::string_view take_key(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && ((rest[end] >= 'a' && rest[end] <= 'z') || rest[end] == '_'))
    ++end;
  const std::string_view key = rest.substr(0, end);
  std::string_view behind = rest.substr(end);
  if (key.empty() || (!take(behind, "=\"") && !take(behind, " = \"")))
    return {};
  rest = behind;
  return key;
}

// Takes the rest of a quoted value off the front; its opening quote is taken already. A value that the server
// wrote ends at the first quote that is followed by a blank. A value that a client chose may hold such a
// quote, even one followed by a pair or a level: it ends at the last of these within the bytes that the
// server allows a name.
bool take_value(std::string_view& rest, bool is_of_client) {
  constexpr std::size_t max_name_bytes = 63;
  std::size_t end = npos;
  for (std::size_t quote = rest.find("\" "); quote != npos && (quote <= max_name_bytes || end == npos);
       quote = rest.find("\" ", quote + 1)) {
    std::string_view behind = without_leading_blanks(rest.substr(quote + 1));
    if (!is_of_client || level_at(behind) != nullptr || !take_key(behind).empty())
      end = quote;
    if (!is_of_client)
      break;
  }
  if (end == npos)
    return false;
  rest = without_leading_blanks(rest.substr(end + 1));
  return true;
}

// The level after the pairs that `rest` begins with.
severity level_behind_pairs(std::string_view rest) {
  for (;;) {
    if (const level_word* const found = level_at(rest))
      return found->level;
    const std::string_view key = take_key(rest);
    const bool is_of_client = key == "application_name" || key == "user" || key == "database";
    if (key.empty() || !take_value(rest, is_of_client))
      return severity::none;
  }
}

} // namespace

bool read_postgres_line(std::string_view text, postgres_line& out) {
  std::string_view rest = text;
  if (!take(rest, "["))
    return false;
  const std::size_t close = rest.find(']');
  if (close == npos || close == 0)
    return false;
  out.database = rest.substr(0, close);
  rest = without_leading_blanks(rest.substr(close + 1));
  if (!take(rest, "[") || !take_number(rest, out.line) || !take(rest, "-") || !take_number(rest, out.part) ||
      !take(rest, "]"))
    return false;
  rest = without_leading_blanks(rest);
  out.text = rest;
  out.sql_error_code = {};
  out.level = severity::none;
  if (take(rest, "sql_error_code = ")) {
    out.sql_error_code = rest.substr(0, rest.find_first_of(blanks));
    rest = without_leading_blanks(rest.substr(out.sql_error_code.size()));
  } else if (out.part != 1) {
    return true; // the middle of a text, which may say anything
  }
  out.level = level_behind_pairs(rest);
  return true;
}

} // namespace parseflow::logplex
