// RFC 5424 timestamps: text → microseconds, validated.
#include "messages/logplex/timestamp_text.hpp"

#include <chrono>
#include <cstring>

namespace parseflow::logplex {

namespace {

using std::chrono::microseconds;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The number that `width` digits at `p` write, or -1.
int digits(const char* p, int width) {
  int value = 0;
  for (int i = 0; i < width; ++i) {
    if (!is_digit(p[i]))
      return -1;
    value = value * 10 + (p[i] - '0');
  }
  return value;
}

// The start of the minute that the 16 bytes at `p` write as `YYYY-MM-DDThh:mm`.
bool read_minute(const char* p, timestamp& at) {
  const int year = digits(p, 4), month = digits(p + 5, 2), day = digits(p + 8, 2);
  const int hour = digits(p + 11, 2), min = digits(p + 14, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || min < 0)
    return false;
  if (p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':')
    return false;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || min > 59)
    return false;
  at = std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{min};
  return true;
}

} // namespace

std::size_t timestamp_reader::read_any(std::string_view text, timestamp& at) {
  if (text.size() < 20 || text[16] != ':')
    return 0;
  const char* const p = text.data();
  timestamp start;
  if (!read_minute(p, start))
    return 0;
  const int seconds = digits(p + 17, 2);
  if (seconds < 0 || seconds > 60)
    return 0;
  std::size_t i = 19;
  microseconds fraction{};
  if (text[i] == '.') {
    ++i;
    microseconds unit{100'000};
    const std::size_t first = i;
    for (; i < text.size() && is_digit(text[i]); ++i, unit /= 10)
      fraction += unit * (text[i] - '0');
    if (i == first)
      return 0;
  }
  std::chrono::minutes offset{};
  if (i < text.size() && text[i] == 'Z') {
    ++i;
  } else {
    if (text.size() - i < 6 || (text[i] != '+' && text[i] != '-') || text[i + 3] != ':')
      return 0;
    const int hours = digits(p + i + 1, 2), minutes = digits(p + i + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
      return 0;
    offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
    if (text[i] == '-')
      offset = -offset;
    i += 6;
  }
  at = start + std::chrono::seconds{seconds} + fraction - offset;
  std::memcpy(minute_text_, p, sizeof minute_text_);
  minute_ = start;
  return i;
}

} // namespace parseflow::logplex
