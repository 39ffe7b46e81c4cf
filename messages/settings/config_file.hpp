// The config file: text → lines of section, name and value.
//
//   FILE    = *(LINE (LF / CR LF))
//   LINE    = *WS [SECTION / SETTING] *WS [COMMENT]
//   SECTION = "[" NAME "]"
//   SETTING = NAME *WS "=" *WS VALUE             ; in a section, or with it: http.port = 5000
//   VALUE   = DQUOTE *CHAR DQUOTE                ; \" \\ \n \r and \t stand for one character each
//           / "'" *CHAR "'"                      ; each character stands for itself
//           / *CHAR                              ; up to the end of the line or a blank and "#"; no ";" in it
//   COMMENT = ("#" / ";") *CHAR                  ; after a value without quotes only "#", after a blank
//   NAME    = 1*(ALPHA / DIGIT / "-" / "_" / ".")
//
//   url = 'postgres://parseflow:p;w@host/parseflow'   # the password holds a semicolon
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "messages/expected.hpp"

namespace parseflow {

/// A line that sets something.
struct config_line {
  /// Counted from 1.
  std::size_t number = 0;
  /// Empty if the line stands before the first section and names none.
  std::string section;
  std::string name;
  std::string value;
};

/// Reads the text of a config file. The problem says which line is wrong and what would be right; it never
/// shows a value, which may be a secret.
expected<std::vector<config_line>> parse_config_lines(std::string_view text);

} // namespace parseflow
