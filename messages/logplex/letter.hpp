// Kinds of ASCII characters. The functions of <cctype> depend on the locale, and do not accept every char.
#pragma once

namespace parseflow::logplex {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

constexpr bool is_letter(char c) {
  return is_upper(c) || is_lower(c);
}

/// The lower-case letter of an upper-case one; any other character as it is.
constexpr char lower(char c) {
  return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace parseflow::logplex
