// The primitives of the rollups' compact form: variable-length numbers and counted texts.
//
//   NUMBER = *(1BIT 7BIT) 0BIT 7BIT   ; least significant group first, at most 10 bytes
//   TEXT   = NUMBER *OCTET            ; as many octets as the number says
#pragma once

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

/// Takes a text off the front of `in`; a view into it. Nothing if `in` ends within it.
inline std::optional<std::string_view> take_text(std::string_view& in) {
  const auto size = take_number(in);
  if (!size || *size > in.size())
    return std::nullopt;
  const auto text = in.substr(0, *size);
  in.remove_prefix(text.size());
  return text;
}

} // namespace parseflow::rollup
