// Array literals of PostgreSQL: how many values become one parameter.
#pragma once

#include <string>
#include <string_view>

namespace parseflow::db {

/// Adds an element to an array literal, which begins as an empty text and lacks its last brace.
inline void append_element(std::string& array, std::string_view text) {
  array += array.empty() ? "{\"" : ",\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      array += '\\';
    array += c;
  }
  array += '"';
}

/// With the last brace.
inline std::string closed(std::string array) {
  return array.empty() ? "{}" : std::move(array) + '}';
}

} // namespace parseflow::db
