// A measured number as people write it: `42`, `-1.5ms`, `7.9e-05s`, `1,024MB`, `1h2m3.5s`.
#pragma once

#include <string_view>

namespace parseflow::logplex {

/// A number and its unit.
struct measured {
  double value = 0;
  std::string_view unit;
};

/// True if `unit` may follow a number: it is empty, or consists of at most 16 letters, `%`, `/`, `_` and
/// bytes beyond ASCII. False for an `x` with more after it, which is the rest of a hex number.
inline bool is_unit(std::string_view unit) {
  constexpr std::size_t max_unit_bytes = 16;
  if (unit.size() > max_unit_bytes || (unit.size() > 1 && (unit[0] | 0x20) == 'x'))
    return false;
  for (const char c : unit)
    if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '%' && c != '/' && c != '_' &&
        static_cast<unsigned char>(c) < 0x80)
      return false;
  return true;
}

/// Reads `[sign] digits [fraction] [exponent] [unit]`, the digits perhaps in groups of three; or a time of
/// several parts that ends with seconds, which is then given in seconds. Commas and semicolons at the end are
/// ignored. False for anything else, such as an address, a date or a hex number.
bool read_number(std::string_view text, measured& out);

} // namespace parseflow::logplex
