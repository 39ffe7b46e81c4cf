#include "messages/logplex/timestamp_text.hpp"

#include <chrono>
#include <cstring>

#include "messages/logplex/letter.hpp"

namespace parseflow::logplex {

namespace {

using std::chrono::microseconds;

// The number that `width` digits at `p` spell, or -1.
int digits(const char* p, int width) {
  int value = 0;
  for (int i = 0; i < width; ++i) {
    if (!is_digit(p[i]))
      return -1;
    value = value * 10 + (p[i] - '0');
  }
  return value;
}

// Reads the start of the minute from the 16 bytes at `p`: `YYYY-MM-DD`, any byte, `hh:mm`.
bool read_minute(const char* p, timestamp& at) {
  const int year = digits(p, 4), month = digits(p + 5, 2), day = digits(p + 8, 2);
  const int hour = digits(p + 11, 2), min = digits(p + 14, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || min < 0)
    return false;
  if (p[4] != '-' || p[7] != '-' || p[13] != ':')
    return false;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || min > 59)
    return false;
  at = std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{min};
  return true;
}

// The bytes of the offset that `text` begins with, or -1 if there is none: `Z`, `+hh:mm`; if `is_loose`, also
// `+hhmm`, one of these or `UTC` after a blank, or no offset at all.
int read_offset(std::string_view text, bool is_loose, std::chrono::minutes& offset) {
  if (text.starts_with('Z'))
    return 1;
  if (is_loose && text.starts_with(" UTC "))
    return 4;
  const std::size_t sign = is_loose && text.starts_with(' ') ? 1 : 0;
  if (text.size() >= sign + 5 && (text[sign] == '+' || text[sign] == '-')) {
    const std::size_t colon = text[sign + 3] == ':' ? 1 : 0;
    if ((colon != 0 || is_loose) && text.size() >= sign + 5 + colon) {
      const int hours = digits(text.data() + sign + 1, 2),
                minutes = digits(text.data() + sign + 3 + colon, 2);
      if (hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59) {
        offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
        if (text[sign] == '-')
          offset = -offset;
        return static_cast<int>(sign + 5 + colon);
      }
    }
  }
  return is_loose && (text.empty() || text.starts_with(' ')) ? 0 : -1;
}

} // namespace

std::size_t timestamp_reader::read_any(std::string_view text, timestamp& at, bool is_loose) {
  if (text.size() < (is_loose ? 19 : 20) || text[16] != ':')
    return 0;
  const char separator = text[10];
  if (separator != 'T' && !(is_loose && separator == ' '))
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
  if (i < text.size() && text[i] == '.') {
    ++i;
    microseconds unit{100'000};
    const std::size_t first = i;
    for (; i < text.size() && is_digit(text[i]); ++i, unit /= 10)
      fraction += unit * (text[i] - '0');
    if (i == first)
      return 0;
  }
  std::chrono::minutes offset{};
  const int offset_bytes = read_offset(text.substr(i), is_loose, offset);
  if (offset_bytes < 0)
    return 0;
  at = start + std::chrono::seconds{seconds} + fraction - offset;
  if (separator == 'T') {
    std::memcpy(minute_text_, p, sizeof minute_text_);
    minute_ = start;
  }
  return i + static_cast<std::size_t>(offset_bytes);
}

} // namespace parseflow::logplex
