// The primitives of the rollups' compact form: variable-length numbers, counted texts, reals.
//
//   NUMBER = *(1BIT 7BIT) 0BIT 7BIT   ; least significant group first, at most 10 bytes
//   SIGNED = NUMBER                   ; twice the number, or if it is negative: twice its size, less one
//   TEXT   = NUMBER *OCTET            ; as many octets as the number says
//   REAL   = 8OCTET                   ; IEEE 754 binary64, least significant octet first; finite
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

/// Appends a number that may be negative.
inline void put_signed(std::string& out, std::int64_t value) {
  put_number(out, static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

/// Takes a number that may be negative off the front of `in`.
inline std::optional<std::int64_t> take_signed(std::string_view& in) {
  const auto coded = take_number(in);
  if (!coded)
    return std::nullopt;
  return static_cast<std::int64_t>(*coded >> 1 ^ (0 - (*coded & 1)));
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

} // namespace parseflow::rollup
