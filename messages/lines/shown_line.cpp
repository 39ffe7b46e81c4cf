#include "messages/lines/shown_line.hpp"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#  include <emmintrin.h>
#endif

namespace parseflow::lines {

std::string_view shown_line::text() {
  if (has_text_)
    return text_;
  has_text_ = true;
  text_.clear();
  if (!line_.source.empty()) {
    text_ += line_.source;
    if (!line_.proc.empty())
      text_.append("[").append(line_.proc).append("]");
    text_ += ": ";
  }
  text_ += line_.text;
  return text_;
}

std::string_view shown_line::folded_text() {
  if (has_folded_)
    return folded_;
  has_folded_ = true;
  folded_.assign(text());
  for (char& c : folded_)
    c = folded(c);
  return folded_;
}

// Looks for places where both the first and the last byte are right, sixteen at a time.
bool contains(std::string_view text, std::string_view wanted) {
  if (wanted.size() < 2)
    return text.find(wanted) != std::string_view::npos;
  std::size_t i = 0;
#if defined(__SSE2__)
  const auto last = wanted.size() - 1;
  const __m128i first_byte = _mm_set1_epi8(wanted.front()), last_byte = _mm_set1_epi8(wanted.back());
  for (; i + 16 + last <= text.size(); i += 16) {
    const auto* const at = text.data() + i;
    const __m128i firsts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i lasts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + last));
    auto found = static_cast<unsigned>(_mm_movemask_epi8(
        _mm_and_si128(_mm_cmpeq_epi8(firsts, first_byte), _mm_cmpeq_epi8(lasts, last_byte))));
    for (; found != 0; found &= found - 1)
      if (std::memcmp(at + __builtin_ctz(found), wanted.data(), wanted.size()) == 0)
        return true;
  }
#endif
  return text.find(wanted, i) != std::string_view::npos;
}

bool is_folded(std::string_view text, std::string_view wanted) {
  return std::equal(text.begin(), text.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return folded(a) == b; });
}

bool contains_folded(std::string_view text, std::string_view wanted) {
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                     [](char a, char b) { return folded(a) == b; }) != text.end();
}

} // namespace parseflow::lines
