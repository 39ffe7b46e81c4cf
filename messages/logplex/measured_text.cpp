#include "messages/logplex/measured_text.hpp"

#include <charconv>
#include <cstdint>

#include "messages/logplex/letter.hpp"

namespace parseflow::logplex {

namespace {

// This many decimal digits are exact in a double, and so are these powers of ten, so one division
// rounds correctly.
constexpr int exact_digits = 15;
constexpr double powers_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// A decimal number, built digit by digit.
struct decimal {
  std::uint64_t mantissa = 0;
  int digits = 0;
  int fraction = 0;

  void add(char digit) {
    mantissa = mantissa * 10 + static_cast<std::uint64_t>(digit - '0');
    ++digits;
  }
  double value() const { return static_cast<double>(mantissa) / powers_of_ten[fraction]; }
};

const char* take_digits(const char* p, const char* end, decimal& into) {
  for (; p != end && is_digit(*p); ++p)
    into.add(*p);
  return p;
}

// Takes a dot and the digits after it.
const char* take_fraction(const char* p, const char* end, decimal& into) {
  if (p == end || *p != '.')
    return p;
  const int before = into.digits;
  p = take_digits(p + 1, end, into);
  into.fraction = into.digits - before;
  return p;
}

// Takes the groups of three that follow one to three digits: `,024` of `1,024MB`.
const char* take_groups(const char* p, const char* end, decimal& into) {
  if (into.digits > 3)
    return p;
  const auto is_group = [end](const char* at) {
    return end - at >= 4 && *at == ',' && is_digit(at[1]) && is_digit(at[2]) && is_digit(at[3]) &&
           (end - at == 4 || !is_digit(at[4]));
  };
  for (; is_group(p); p += 4)
    take_digits(p + 1, p + 4, into);
  return p;
}

// Reads a time in parts, the largest first, each at most once: `1h2m3.5s`. The last part must be seconds.
bool read_parts_of_time(std::string_view text, measured& out) {
  struct part {
    char unit;
    double seconds;
  };
  static constexpr part parts[] = {{'d', 86'400}, {'h', 3600}, {'m', 60}, {'s', 1}};
  const char* p = text.data();
  const char* const end = p + text.size();
  double sum = 0;
  for (const part& next : parts) {
    decimal number;
    const char* q = take_digits(p, end, number);
    if (next.unit == 's')
      q = take_fraction(q, end, number);
    if (number.digits == 0 || number.digits > exact_digits)
      return false;
    if (q == end || *q != next.unit)
      continue;
    sum += number.value() * next.seconds;
    p = q + 1;
    if (p == end) {
      out = {sum, text.substr(text.size() - 1)};
      return next.unit == 's';
    }
  }
  return false;
}

} // namespace

bool read_number(std::string_view text, measured& out) {
  while (text.ends_with(',') || text.ends_with(';'))
    text.remove_suffix(1);
  const char* p = text.data();
  const char* const end = p + text.size();
  const bool is_negative = p != end && *p == '-';
  if (is_negative || (p != end && *p == '+'))
    ++p;
  const char* const begin = p;
  decimal number;
  p = take_digits(p, end, number);
  const char* const before_groups = p;
  p = take_groups(p, end, number);
  const bool is_grouped = p != before_groups;
  p = take_fraction(p, end, number);
  if (number.digits == 0)
    return false;
  const bool has_exponent =
      p != end && (*p == 'e' || *p == 'E') && end - p > 1 &&
      (is_digit(p[1]) || (end - p > 2 && (p[1] == '-' || p[1] == '+') && is_digit(p[2])));
  if (number.digits <= exact_digits && !has_exponent) {
    out.value = number.value();
  } else {
    const auto [stop, problem] = std::from_chars(begin, end, out.value);
    if (problem != std::errc{} || is_grouped)
      return false;
    p = stop;
  }
  out.unit = {p, static_cast<std::size_t>(end - p)};
  const std::string_view whole(begin, static_cast<std::size_t>(end - begin));
  if (!is_unit(out.unit) && !read_parts_of_time(whole, out))
    return false;
  if (is_negative)
    out.value = -out.value;
  return true;
}

} // namespace parseflow::logplex
