// The service log on top of spdlog.
#include "messages/service_log.hpp"

#include <memory>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

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

// Values come from senders (drain names, error texts): control bytes must not forge lines of the log.
void append_value(std::string& out, std::string_view value) {
  const bool bare =
      !value.empty() && value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789-_.:/@+") == std::string_view::npos;
  if (bare) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
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
