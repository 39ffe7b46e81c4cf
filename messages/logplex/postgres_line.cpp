// A line of the Postgres server's log.
#include "messages/logplex/postgres_line.hpp"

#include <algorithm>

#include "messages/logplex/severity_text.hpp"

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

void skip_spaces(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
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
  rest.remove_prefix(close + 1);
  skip_spaces(rest);
  if (!take(rest, "[") || !take_number(rest, out.line) || !take(rest, "-") || !take_number(rest, out.part) ||
      !take(rest, "]"))
    return false;
  skip_spaces(rest);
  out.text = rest;
  out.sql_error_code = {};
  out.level = severity::none;
  if (take(rest, "sql_error_code = ")) {
    const std::size_t space = rest.find(' ');
    out.sql_error_code = rest.substr(0, space);
    if (space == npos)
      return true;
    rest.remove_prefix(space + 1);
    skip_spaces(rest);
    out.level = severity_named(rest.substr(0, rest.find(':')));
  }
  return true;
}

} // namespace parseflow::logplex
