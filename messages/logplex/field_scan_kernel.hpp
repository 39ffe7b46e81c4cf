// The body of scan_fields_*: included by one source per instruction set, and compiled for it. Includes no
// standard templates, because the linker would share their instances between the instruction sets.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#  include <immintrin.h>
#endif

#include "messages/logplex/field_scan.hpp"

namespace parseflow::logplex {
namespace {

// One bit per byte of a block of 64.
struct block {
  uint64_t spaces = 0;
  uint64_t quotes = 0;
  uint64_t unusual = 0; // backslashes and control characters
};

#if defined(__AVX512VBMI2__)

inline block block_at(const char* p) {
  const __m512i bytes = _mm512_loadu_si512(p);
  return {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(' ')),
          _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
          _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')) |
              _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(' '))};
}

#elif defined(__AVX2__)

inline uint64_t equal_bits(__m256i low, __m256i high, char c) {
  const __m256i wanted = _mm256_set1_epi8(c);
  const auto l = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)));
  const auto h = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)));
  return static_cast<uint64_t>(h) << 32 | l;
}

inline uint64_t control_bits(__m256i low, __m256i high) {
  const __m256i last = _mm256_set1_epi8(' ' - 1);
  const auto l =
      static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(low, last), low)));
  const auto h =
      static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(high, last), high)));
  return static_cast<uint64_t>(h) << 32 | l;
}

inline block block_at(const char* p) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  return {equal_bits(low, high, ' '), equal_bits(low, high, '"'),
          equal_bits(low, high, '\\') | control_bits(low, high)};
}

#elif defined(__SSE2__)

inline block block_at(const char* p) {
  block found;
  for (int i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
    const auto bits = [i](__m128i equal) {
      return static_cast<uint64_t>(_mm_movemask_epi8(equal)) << (16 * i);
    };
    found.spaces |= bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
    found.quotes |= bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ' - 1)), bytes);
    found.unusual |= bits(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')), control));
  }
  return found;
}

#else

inline block block_at(const char* p) {
  block found;
  for (int i = 0; i < 64; ++i) {
    found.spaces |= static_cast<uint64_t>(p[i] == ' ') << i;
    found.quotes |= static_cast<uint64_t>(p[i] == '"') << i;
    found.unusual |= static_cast<uint64_t>(p[i] == '\\' || static_cast<unsigned char>(p[i]) < ' ') << i;
  }
  return found;
}

#endif

// Bit i is the parity of bits 0 to i.
inline uint64_t parity_so_far(uint64_t bits) {
#if defined(__PCLMUL__)
  const __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<uint64_t>(_mm_cvtsi128_si64(product));
#else
  for (int shift = 1; shift < 64; shift *= 2)
    bits ^= bits << shift;
  return bits;
#endif
}

// Writes the positions of the bits that are set in `ends`, and returns their number. May write up to
// 64 entries.
inline uint32_t write_positions(uint64_t ends, uint32_t base, uint16_t* out) {
#if defined(__AVX512VBMI2__)
  const __m512i offsets =
      _mm512_set_epi64(0x3f3e3d3c3b3a3938, 0x3736353433323130, 0x2f2e2d2c2b2a2928, 0x2726252423222120,
                       0x1f1e1d1c1b1a1918, 0x1716151413121110, 0x0f0e0d0c0b0a0908, 0x0706050403020100);
  const auto count = static_cast<uint32_t>(_mm_popcnt_u64(ends));
  const __m512i found = _mm512_maskz_compress_epi8(ends, offsets);
  const __m512i start = _mm512_set1_epi16(static_cast<short>(base));
  _mm256_storeu_si256(
      reinterpret_cast<__m256i*>(out),
      _mm256_add_epi16(_mm256_cvtepu8_epi16(_mm512_castsi512_si128(found)), _mm512_castsi512_si256(start)));
  if (count > 16) {
    _mm512_storeu_si512(out, _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(found)), start));
    _mm512_storeu_si512(out + 32,
                        _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(found, 1)), start));
  }
  return count;
#elif defined(__BMI__)
  // Six at once, because the end of a loop over four or five is mispredicted. Surplus entries
  // are overwritten.
  const auto count = static_cast<uint32_t>(_mm_popcnt_u64(ends));
  for (int i = 0; i < 6; ++i) {
    out[i] = static_cast<uint16_t>(base + _tzcnt_u64(ends));
    ends = _blsr_u64(ends);
  }
  for (int i = 6; ends != 0; ++i) {
    out[i] = static_cast<uint16_t>(base + _tzcnt_u64(ends));
    ends = _blsr_u64(ends);
  }
  return count;
#else
  uint32_t count = 0;
  for (; ends != 0; ends &= ends - 1)
    out[count++] = static_cast<uint16_t>(base + static_cast<uint32_t>(__builtin_ctzll(ends)));
  return count;
#endif
}

// A mask of the `bytes` lowest bits: all for 64 or more, none for 0 or less.
inline uint64_t lowest_bits(ptrdiff_t bytes) {
  if (bytes >= 64)
    return ~uint64_t{0};
  return bytes <= 0 ? 0 : (uint64_t{1} << bytes) - 1;
}

struct scan_state {
  uint64_t inside = 0; // all ones if the block begins inside quotes
  uint64_t unusual = 0;
  uint32_t count = 0;
  uint32_t quotes = 0;
};

// Scans the block at `base`; ignores what is beyond `bytes`.
inline void scan_block(const char* text, size_t bytes, size_t base, field_ends& out, scan_state& s) {
  const block b = block_at(text + base);
  const uint64_t valid = lowest_bits(static_cast<ptrdiff_t>(bytes) - static_cast<ptrdiff_t>(base));
  const uint64_t quotes = b.quotes & valid;
  const uint64_t quoted = parity_so_far(quotes) ^ s.inside;
  s.inside = uint64_t{0} - (quoted >> 63);
  s.unusual |= b.unusual & valid;
  s.quotes += static_cast<uint32_t>(__builtin_popcountll(quotes));
  s.count += write_positions(b.spaces & valid & ~quoted, static_cast<uint32_t>(base), out.at + s.count);
}

inline bool scan_fields(const char* text, size_t bytes, field_ends& out) {
  if (bytes > field_ends::max_text_bytes)
    return false;
  scan_state s;
  // Most texts end in the third or fourth block: scanning the fourth in vain costs less than a
  // mispredicted end.
  static_assert(field_ends::slack_bytes >= 256);
  for (size_t base = 0; base < 256; base += 64)
    scan_block(text, bytes, base, out, s);
  for (size_t base = 256; base < bytes && s.count < field_ends::max_fields; base += 64)
    scan_block(text, bytes, base, out, s);
  if (s.count >= field_ends::max_fields)
    return false;
  for (uint32_t i = 0; i < field_ends::padding; ++i)
    out.at[s.count + i] = static_cast<uint16_t>(bytes);
  out.count = s.count + 1;
  out.quotes = s.quotes;
  return (s.inside | s.unusual) == 0;
}

} // namespace
} // namespace parseflow::logplex
