// A measured number as people write it: `42`, `-1.5ms`, `7.9e-05s`, `1,024MB`, `1h2m3.5s`.
#pragma once

#include <string_view>

namespace parseflow::logplex {

/// A number and what is written behind it.
struct measured {
  double value = 0;
  std::string_view unit;
};

/// True if a number may have `unit` behind it: nothing, or at most 16 letters, `%`, `/`, `_` and bytes beyond
/// ASCII. An `x` with more behind it is what a hex number has behind its zero.
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

/// Reads `[sign] digits [fraction] [exponent] [unit]`, digits perhaps in groups of three; or a time of
/// several parts that ends with seconds, which is then given in those. Commas and semicolons behind it do not
/// count. False if it is neither: an address, a date, a hex number.
bool read_number(std::string_view text, measured& out);

} // namespace parseflow::logplex
