#include "messages/service_log.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "messages/utf8.hpp"

namespace parseflow {

namespace {

spdlog::level::level_enum spdlog_level(log_level level) {
  switch (level) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warn:
    return spdlog::level::warn;
  case log_level::error:
    return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(log_level level) {
  constexpr std::string_view names[] = {"debug", "info", "warn", "error"};
  return names[static_cast<std::size_t>(level)];
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made =
        std::make_shared<spdlog::logger>("parseflow", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("at=%Y-%m-%dT%H:%M:%S.%fZ %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *instance;
}

struct range {
  char32_t first, last;
};

// Characters that are invisible or change how others are displayed: Unicode's control, format and
// separator characters.
constexpr std::array<range, 17> unprintable{{{0x00, 0x1f},
                                             {0x7f, 0x9f},
                                             {0xad, 0xad},
                                             {0x600, 0x605},
                                             {0x61c, 0x61c},
                                             {0x6dd, 0x6dd},
                                             {0x70f, 0x70f},
                                             {0x180e, 0x180e},
                                             {0x200b, 0x200f},
                                             {0x2028, 0x202e},
                                             {0x2060, 0x206f},
                                             {0x3164, 0x3164},
                                             {0xe000, 0xf8ff},
                                             {0xfe00, 0xfe0f},
                                             {0xfeff, 0xfeff},
                                             {0xfff0, 0xfffb},
                                             {0x1d173, 0x1d17a}}};

char32_t code_point(std::string_view character) {
  const auto byte = [character](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1)
    return byte(0);
  char32_t value = byte(0) & (0xffU >> (character.size() + 1));
  for (std::size_t i = 1; i < character.size(); ++i)
    value = value << 6 | (byte(i) & 0x3fU);
  return value;
}

bool is_printable(std::string_view character) {
  const auto code = code_point(character);
  return code < 0xe0000 && std::none_of(unprintable.begin(), unprintable.end(), [code](const range& one) {
           return one.first <= code && code <= one.last;
         });
}

// Values come from senders (drain names, error texts): they must not be able to forge lines of the log, or to
// hide in it.
void append_value(std::string& out, std::string_view value) {
  const bool bare =
      !value.empty() && value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789-_.:/@+") == std::string_view::npos;
  if (bare) {
    out += value;
    return;
  }
  out += '"';
  for (std::size_t i = 0; i < value.size();) {
    const auto length = character_at(value, i);
    const auto character = value.substr(i, std::max<std::size_t>(length, 1));
    i += character.size();
    if (length == 0 || !is_printable(character)) {
      for (const char c : character)
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
      continue;
    }
    if (character == "\"" || character == "\\")
      out += '\\';
    out += character;
  }
  out += '"';
}

} // namespace

void set_log_level(std::string_view name) {
  logger().set_level(spdlog::level::from_str(name == "error" ? "err" : std::string{name}));
}

void log(log_level level, std::string_view actor, std::string_view sentence,
         std::initializer_list<log_field> fields) {
  if (!logger().should_log(spdlog_level(level)))
    return;
  std::string line = fmt::format("level={} actor={} msg=", name_of(level), actor);
  append_value(line, sentence);
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    append_value(line, value);
  }
  logger().log(spdlog_level(level), spdlog::string_view_t{line});
}

} // namespace parseflow
