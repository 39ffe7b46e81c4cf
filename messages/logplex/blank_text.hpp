// Blanks: the characters that separate words, and that mean nothing around a text.
#pragma once

#include <string_view>

namespace parseflow::logplex {

/// Space, tab, line feed, vertical tab, form feed and carriage return.
inline constexpr std::string_view blanks = " \t\n\v\f\r";

inline bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

inline std::string_view without_leading_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  return text;
}

inline std::string_view without_blanks_around(std::string_view text) {
  text = without_leading_blanks(text);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

} // namespace parseflow::logplex
