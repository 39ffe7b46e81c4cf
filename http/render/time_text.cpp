#include "http/render/time_text.hpp"

#include <charconv>

#include <fmt/format.h>

#include "messages/logplex/timestamp_text.hpp"

namespace parseflow::http {

namespace {

constexpr timestamp last_time = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};

std::optional<timestamp> read_unix(std::string_view text) {
  double seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  const auto most = std::chrono::duration<double>(last_time.time_since_epoch()).count();
  if (problem != std::errc{} || stop != end || !(seconds >= 0) || seconds > most)
    return std::nullopt;
  return timestamp{std::chrono::round<std::chrono::microseconds>(std::chrono::duration<double>{seconds})};
}

} // namespace

std::string rfc3339(timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::milliseconds>(at - day)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::optional<timestamp> read_time(std::string_view text) {
  if (const auto seconds = read_unix(text))
    return seconds;
  timestamp at{};
  if (text.empty() || logplex::timestamp_reader{}.read(text, at) != text.size() || at < timestamp{} ||
      at > last_time)
    return std::nullopt;
  return at;
}

} // namespace parseflow::http
