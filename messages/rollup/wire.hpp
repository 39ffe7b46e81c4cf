// The primitives of the rollups' compact form: variable-length numbers, texts with a length, reals.
//
//   NUMBER  = *(1BIT 7BIT) 0BIT 7BIT   ; least significant group first, at most 10 bytes
//   SIGNED  = NUMBER                   ; twice the number, or if it is negative: twice its size, less one
//   TEXT    = NUMBER *OCTET            ; as many octets as the number says
//   REAL    = 8OCTET                   ; IEEE 754 binary64, least significant octet first; finite
//   DECIMAL = NUMBER                   ; thousandths as SIGNED, plus one: short for most measured numbers
//           / NUMBER REAL              ; 0; any other real
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parseflow::rollup {

/// Appends a number.
inline void put_number(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

/// Appends a text.
inline void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out.append(text);
}

/// Takes a number off the front of `in`. Nothing if `in` ends within it or it does not fit.
inline std::optional<std::uint64_t> take_number(std::string_view& in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < in.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(in[i]);
    if (i == 9 && byte > 1)
      return std::nullopt;
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) {
      in.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

/// Maps signed numbers to unsigned ones: 0, -1, 1, -2, 2 … become 0, 1, 2, 3, 4 …
inline std::uint64_t signed_code(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

/// The reverse of `signed_code`.
inline std::int64_t signed_of(std::uint64_t code) {
  return static_cast<std::int64_t>(code >> 1 ^ (0 - (code & 1)));
}

/// Appends a number that may be negative.
inline void put_signed(std::string& out, std::int64_t value) {
  put_number(out, signed_code(value));
}

/// Takes a number that may be negative off the front of `in`.
inline std::optional<std::int64_t> take_signed(std::string_view& in) {
  const auto code = take_number(in);
  return code ? std::optional(signed_of(*code)) : std::nullopt;
}

/// Takes a text off the front of `in`; a view into it. Nothing if `in` ends within it.
inline std::optional<std::string_view> take_text(std::string_view& in) {
  const auto size = take_number(in);
  if (!size || *size > in.size())
    return std::nullopt;
  const auto text = in.substr(0, *size);
  in.remove_prefix(text.size());
  return text;
}

/// Appends a real. Precondition: it is finite.
inline void put_real(std::string& out, double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (unsigned shift = 0; shift < 64; shift += 8)
    out.push_back(static_cast<char>(bits >> shift));
}

/// Takes a real off the front of `in`. Nothing if `in` ends within it or it is not finite.
inline std::optional<double> take_real(std::string_view& in) {
  if (in.size() < 8)
    return std::nullopt;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i)
    bits |= std::uint64_t{static_cast<std::uint8_t>(in[i])} << (8 * i);
  in.remove_prefix(8);
  const auto value = std::bit_cast<double>(bits);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Appends a real, in few bytes if it is a whole number of thousandths. Precondition: it is finite.
inline void put_decimal(std::string& out, double value) {
  constexpr double most = 1e15; // below it thousandths are exact
  if (std::abs(value) * 1000 < most)
    if (const auto thousandths = std::llround(value * 1000); static_cast<double>(thousandths) / 1000 == value)
      return put_number(out, 1 + signed_code(thousandths));
  put_number(out, 0);
  put_real(out, value);
}

/// Takes a real in the form of `put_decimal` off the front of `in`.
inline std::optional<double> take_decimal(std::string_view& in) {
  const auto code = take_number(in);
  if (!code)
    return std::nullopt;
  return *code == 0 ? take_real(in) : static_cast<double>(signed_of(*code - 1)) / 1000;
}

} // namespace parseflow::rollup
