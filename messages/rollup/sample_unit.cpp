#include "messages/rollup/sample_unit.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>

namespace parseflow::rollup {

namespace {

struct time_unit {
  std::string_view text;
  double microseconds;
};

// Unicode has two characters for µ.
constexpr time_unit times[] = {{"ms", 1e3},   {"s", 1e6},  {"us", 1},     {"\u00b5s", 1}, {"\u03bcs", 1},
                               {"ns", 0.001}, {"m", 60e6}, {"min", 60e6}, {"h", 3600e6}};

const time_unit* time_of(std::string_view unit) {
  const auto* const found = std::find_if(std::begin(times), std::end(times),
                                         [unit](const time_unit& known) { return known.text == unit; });
  return found == std::end(times) ? nullptr : found;
}

// Conversion may change the last digit, and readers would see 16 wrong digits.
double rounded(double value) {
  std::array<char, 32> text{};
  constexpr int digits = 15;
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, digits - 1);
  std::from_chars(text.data(), written.ptr, value);
  return value;
}

} // namespace

std::string_view kind_of_unit(std::string_view unit) {
  return time_of(unit) ? "us" : unit;
}

double kept_value(double value, std::string_view unit) {
  const auto* const time = time_of(unit);
  if (!time || time->microseconds == 1)
    return value;
  constexpr double most = std::numeric_limits<double>::max() / 10; // so that rounding cannot overflow
  return rounded(std::clamp(value * time->microseconds, -most, most));
}

double shown_value(double kept, std::string_view unit) {
  const auto* const time = time_of(unit);
  return time && time->microseconds != 1 ? rounded(kept / time->microseconds) : kept;
}

} // namespace parseflow::rollup
