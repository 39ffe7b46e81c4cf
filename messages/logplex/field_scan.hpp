// Finds where the fields of a key=value text end, 64 bytes at a time, with the SIMD instructions of
// the machine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace parseflow::logplex {

/// Where the fields of one text end. Fields are separated by single spaces outside quotes.
struct field_ends {
  /// Longer texts and texts with more fields are left to `logfmt_reader`.
  static constexpr std::size_t max_text_bytes = 1024;
  static constexpr std::uint32_t max_fields = 112;
  /// This many bytes after the text must be readable; their values do not matter.
  static constexpr std::size_t slack_bytes = 256;
  /// This many entries after the last field hold the text's length, so that a reader may look ahead without
  /// a check.
  static constexpr std::uint32_t padding = 24;

  std::uint32_t count = 0;
  /// The number of quotes in the text. If it is twice the number of quoted values, there are no other quotes.
  std::uint32_t quotes = 0;
  /// Offset of the first byte after each field.
  std::uint16_t at[max_fields + 4 * 64 + padding];
};

/// Fills `out` for the `bytes` at `text`. False if a text is too long, has too many fields, an odd number of
/// quotes, a backslash or a control character: such texts need a reader that knows escapes and other blanks.
using field_scan = bool (*)(const char* text, std::size_t bytes, field_ends& out);

/// With SSE2, which every x86-64 has; without SIMD on other machines.
bool scan_fields_base(const char* text, std::size_t bytes, field_ends& out);

/// With AVX2, BMI and carry-less multiplication.
bool scan_fields_avx2(const char* text, std::size_t bytes, field_ends& out);

/// With AVX-512 including VBMI2, which writes all positions of a block at once.
bool scan_fields_avx512(const char* text, std::size_t bytes, field_ends& out);

/// True if this machine can run the variant.
bool has_avx2();
bool has_avx512();

/// The fastest one for this machine.
field_scan best_field_scan();

} // namespace parseflow::logplex
