// Colour codes as terminals know them: ESC, `[`, numbers and semicolons, `m`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parseflow::logplex {

inline constexpr char escape_byte = '\x1b';

/// The bytes of the colour code that `text` begins with, or 0. Its ESC may be written as in JSON: `\u001b`.
std::size_t colour_code_bytes(std::string_view text);

/// The bytes of the colour code that `text` ends with, or 0.
std::size_t last_colour_code_bytes(std::string_view text);

/// The second part of `without_colours_around`, for a text that may have colour codes at its ends.
std::string_view strip_colours(std::string_view text);

/// `text` without the colour codes that it begins and ends with.
inline std::string_view without_colours_around(std::string_view text) {
  const bool may_have_some =
      !text.empty() && (text.front() == escape_byte || text.front() == '\\' || text.back() == 'm');
  return may_have_some ? strip_colours(text) : text;
}

/// Writes `text` without its colour codes to `to`, which has room for it; returns what was written. `to` may
/// point to the bytes of `text` itself.
std::string_view copy_without_colours(std::string_view text, char* to);

/// Removes the colour codes from a body that `heroku logs --force-colors` printed: one whose first line has
/// such a code before its timestamp. Leaves any other body, and so every body of a drain, as it is.
void remove_printed_colours(std::string& body);

} // namespace parseflow::logplex
