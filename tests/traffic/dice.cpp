#include "tests/traffic/dice.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace parseflow::traffic {

double dice::lognormal(double median, double sigma) {
  // The Box-Muller method. 1 - fraction() is never 0.
  const double radius = std::sqrt(-2 * std::log(1 - fraction()));
  return median * std::exp(sigma * radius * std::cos(2 * std::numbers::pi * fraction()));
}

std::string dice::hex(std::size_t digits) {
  std::string out(digits, '0');
  for (char& c : out)
    c = "0123456789abcdef"[below(16)];
  return out;
}

std::string dice::uuid() {
  const std::uint64_t high = random_(), low = random_();
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff, high & 0xffff,
                     low >> 48, low & 0xffff'ffff'ffff);
}

std::string dice::address() {
  static constexpr const char* networks[] = {"192.0.2", "198.51.100", "203.0.113"};
  return fmt::format("{}.{}", one_of(networks), 1 + below(254));
}

std::string dice::fill(std::string_view pattern) {
  static constexpr const char* words[] = {"tea",    "green+tea", "gr%C3%BCner",   "a=b",
                                          "oolong", "50%25",     "\"earl grey\"", "kettle"};
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      out += pattern[i];
      continue;
    }
    switch (pattern[++i]) {
    case 'n':
      out += std::to_string(below(1'000'000));
      break;
    case 'u':
      out += uuid();
      break;
    case 'h':
      out += hex(32);
      break;
    default:
      out += one_of(words);
    }
  }
  return out;
}

} // namespace parseflow::traffic
