#include "messages/settings/config_file.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace parseflow {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

bool is_comment(std::string_view text) {
  return text.empty() || text.front() == '#' || text.front() == ';';
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

expected<std::string> quoted(std::string_view text) {
  const char quote = text.front();
  text.remove_prefix(1);
  std::string result;
  while (!text.empty() && text.front() != quote) {
    char c = text.front();
    text.remove_prefix(1);
    if (quote == '"' && c == '\\') {
      constexpr std::string_view written = "\"\\nrt", meant = "\"\\\n\r\t";
      const auto known = text.empty() ? std::string_view::npos : written.find(text.front());
      if (known == std::string_view::npos)
        return problem{
            R"(in "…" a backslash stands before ", \, n, r or t: write \\ for a backslash, or '…')"};
      c = meant[known];
      text.remove_prefix(1);
    }
    result += c;
  }
  if (text.empty())
    return problem{fmt::format("the value has no closing {}", quote)};
  if (!is_comment(trimmed(text.substr(1))))
    return problem{fmt::format("something follows the closing {}: a comment begins with #", quote)};
  return result;
}

expected<std::string> unquoted(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i)
    if (text[i] == '#' && blanks.find(text[i - 1]) != std::string_view::npos) {
      text = trimmed(text.substr(0, i));
      break;
    }
  // A `;` may begin a comment or be part of the value: refuse it, so that neither is lost in silence.
  if (text.find(';') != std::string_view::npos)
    return problem{"a value that holds ; needs quotes, and a comment after a value begins with #"};
  return std::string{text};
}

expected<std::string> value_in(std::string_view text) {
  if (text.empty() || text.front() == '#')
    return problem{"there is no value: write \"\" for an empty one"};
  return text.front() == '"' || text.front() == '\'' ? quoted(text) : unquoted(text);
}

// Reads a line into `next`, and appends it to `lines` if it sets something.
expected<> read_line(std::string_view line, config_line& next, std::vector<config_line>& lines) {
  if (is_comment(line))
    return {};
  if (line.front() == '[') {
    const auto end = line.find(']');
    const auto name = end == std::string_view::npos ? std::string_view{} : trimmed(line.substr(1, end - 1));
    if (!is_name(name) || !is_comment(trimmed(line.substr(end + 1))))
      return problem{"a section is written [http]"};
    next.section = name;
    return {};
  }
  const auto equals = line.find('=');
  const auto name = trimmed(line.substr(0, equals));
  if (equals == std::string_view::npos || !is_name(name))
    return problem{"a setting is written port = 5000, a section [http], and a comment begins with #"};
  auto parsed = value_in(trimmed(line.substr(equals + 1)));
  if (!parsed)
    return problem{fmt::format("{}: {}", name, parsed.error().sentence)};
  next.name = name;
  next.value = *std::move(parsed);
  lines.push_back(next);
  return {};
}

} // namespace

expected<std::vector<config_line>> parse_config_lines(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  std::vector<config_line> result;
  config_line next;
  while (!text.empty()) {
    ++next.number;
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto read = read_line(trimmed(text.substr(0, end)), next, result); !read)
      return problem{fmt::format("line {}: {}", next.number, read.error().sentence)};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

} // namespace parseflow
