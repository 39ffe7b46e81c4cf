// A line as people see it after its time, `app[web.1]: text`: what searches and tails look into.
#pragma once

#include <string>
#include <string_view>

#include "messages/lines/line_view.hpp"

namespace parseflow::lines {

/// Turns ASCII letters into small ones: letters of other alphabets are told apart by their case.
inline char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Looks at one line after another, and keeps its memory for the next one. Texts are valid until then.
class shown_line {
public:
  void look_at(const line_view& line) {
    line_ = line;
    has_text_ = has_folded_ = false;
  }

  const line_view& line() const { return line_; }

  /// `app[web.1]: text`. A malformed line is its bytes alone.
  std::string_view text();

  /// The same in small letters.
  std::string_view folded_text();

private:
  line_view line_;
  std::string text_, folded_;
  bool has_text_ = false, has_folded_ = false;
};

/// True if `text` holds `wanted`.
bool contains(std::string_view text, std::string_view wanted);

/// True if `text` in small letters is `wanted`, which has only such.
bool is_folded(std::string_view text, std::string_view wanted);

/// True if `text` in small letters holds `wanted`, which has only such. For short texts.
bool contains_folded(std::string_view text, std::string_view wanted);

} // namespace parseflow::lines
