// Searches for the few bytes that end a word or a string, sixteen bytes at a time.
#pragma once

#include <cstddef>
#include <string_view>

#include "messages/logplex/blank_text.hpp"

#if defined(__SSE2__)
#  include <emmintrin.h>
#endif

namespace parseflow::logplex {

/// The first place at or after `from` where `text` holds `a` or `b`; the text's size if there is none.
inline std::size_t find_either(std::string_view text, std::size_t from, char a, char b) {
  std::size_t i = from;
#if defined(__SSE2__)
  for (; i + 16 <= text.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    const int found = _mm_movemask_epi8(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b))));
    if (found != 0)
      return i + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(found)));
  }
#endif
  while (i < text.size() && text[i] != a && text[i] != b)
    ++i;
  return i;
}

/// The first place at or after `from` where `text` holds a blank or `c`; the text's size if there is none.
inline std::size_t find_blank_or(std::string_view text, std::size_t from, char c) {
  std::size_t i = from;
#if defined(__SSE2__)
  for (; i + 16 <= text.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    // Finds all control characters. Only some of them are blanks, but the others are rare.
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ')), bytes);
    auto found =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)))));
    for (; found != 0; found &= found - 1)
      if (const std::size_t at = i + static_cast<std::size_t>(__builtin_ctz(found));
          text[at] == c || is_blank(text[at]))
        return at;
  }
#endif
  while (i < text.size() && !is_blank(text[i]) && text[i] != c)
    ++i;
  return i;
}

/// The first place at or after `from` where `text` holds a quote, a backslash or a control character; the
/// text's size if there is none. A JSON string ends with the first of these, and may hold the others only
/// in escapes.
inline std::size_t find_string_end(std::string_view text, std::size_t from) {
  std::size_t i = from;
#if defined(__SSE2__)
  for (; i + 16 <= text.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i escape = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const int found = _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, escape)));
    if (found != 0)
      return i + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(found)));
  }
#endif
  while (i < text.size() && text[i] != '"' && text[i] != '\\' && static_cast<unsigned char>(text[i]) >= 0x20)
    ++i;
  return i;
}

} // namespace parseflow::logplex
