// Finds the characters in bytes that may be UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace parseflow {

/// The length of the character that starts at `i`, one byte to four; 0 if there is no valid one.
inline std::size_t character_at(std::string_view text, std::size_t i) {
  const auto is_between = [text](std::size_t at, unsigned low, unsigned high) {
    const unsigned byte = static_cast<unsigned char>(text[at]);
    return byte >= low && byte <= high;
  };
  const unsigned lead = static_cast<unsigned char>(text[i]);
  if (lead < 0x80)
    return 1;
  if (lead < 0xC2 || lead > 0xF4)
    return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() - i < length)
    return 0;
  // The second byte excludes overlong forms, surrogates and what is above U+10FFFF.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (!is_between(i + 1, low, high))
    return 0;
  for (std::size_t k = 2; k < length; ++k)
    if (!is_between(i + k, 0x80, 0xBF))
      return 0;
  return length;
}

/// True if all of `text` is UTF-8.
inline bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto length = character_at(text, i);
    if (length == 0)
      return false;
    i += length;
  }
  return true;
}

} // namespace parseflow
