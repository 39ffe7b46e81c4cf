// RFC 5424 timestamps: text → microseconds, validated.
#pragma once

#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#  include <emmintrin.h>
#endif

#include "messages/logplex/number_text.hpp"
#include "messages/time.hpp"

namespace parseflow::logplex {

/// Reads `YYYY-MM-DDThh:mm:ss[.digits](Z|±hh:mm)`. Digits beyond microseconds are dropped; a leap second
/// counts as the first second of the next minute. Remembers the last minute it read, because neighbouring
/// lines share it.
class timestamp_reader {
public:
  /// Reads the timestamp that `text` begins with. Returns the bytes read, or 0 (and leaves `at` alone) if
  /// there is none.
  std::size_t read(std::string_view text, timestamp& at) {
    // The form of nearly all timestamps: the same minute as before, six digits of fraction, UTC.
    std::uint64_t digits = 0;
    if (text.size() >= 32 && is_same_minute(text.data()) &&
        has_usual_rest(text.data() + sizeof minute_text_, digits)) [[likely]] {
      const std::uint64_t micros = combined_digits(digits);
      if (micros < 61'000'000) {
        at = minute_ + std::chrono::microseconds{micros};
        return 32;
      }
    }
    return read_any(text, at, false);
  }

  /// Also reads what some tools print instead: a blank for the `T`, an offset without colon or after a blank
  /// (`+0000`, ` UTC`), or no offset at all, which stands for UTC.
  std::size_t read_loosely(std::string_view text, timestamp& at) {
    const std::size_t used = read(text, at);
    return used != 0 ? used : read_any(text, at, true);
  }

private:
  bool is_same_minute(const char* p) const {
    return ((load8(p) ^ load8(minute_text_)) | (load8(p + 8) ^ load8(minute_text_ + 8))) == 0;
  }

  // True if the 16 bytes at `p` are `:ss.ffffff+00:00`. Then `digits` are the values of `ss` and `ffffff`.
  static bool has_usual_rest(const char* p, std::uint64_t& digits) {
#if defined(__SSE2__)
    const __m128i form =
        _mm_setr_epi8(':', '0', '0', '.', '0', '0', '0', '0', '0', '0', '+', '0', '0', ':', '0', '0');
    const __m128i most = _mm_setr_epi8(0, 9, 9, 0, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0);
    const __m128i values = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)), form);
    const __m128i beyond = _mm_subs_epu8(values, most);
    const auto low = static_cast<std::uint64_t>(_mm_cvtsi128_si64(values));
    const auto high = static_cast<std::uint64_t>(_mm_extract_epi16(values, 4));
    digits = (low >> 8 & 0xffff) | low >> 32 << 16 | high << 48;
    return _mm_movemask_epi8(_mm_cmpeq_epi8(beyond, _mm_setzero_si128())) == 0xffff;
#else
    const std::uint64_t low = load8(p) ^ 0x303030302e30303aU;
    const std::uint64_t high = load8(p + 8) ^ 0x30303a30302b3030U;
    digits = (low >> 8 & 0xffff) | low >> 32 << 16 | high << 48;
    return (low & 0xff0000ff) == 0 && high >> 16 == 0 && are_digit_values(digits);
#endif
  }

  std::size_t read_any(std::string_view text, timestamp& at, bool is_loose);

  char minute_text_[16] = {}; // `YYYY-MM-DDThh:mm` of `minute_`; zeros match no text that is a timestamp
  timestamp minute_{};
};

} // namespace parseflow::logplex
