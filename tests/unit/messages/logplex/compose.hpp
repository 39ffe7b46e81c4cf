// Makes bodies as a sender does, and parses them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "messages/logplex/parse.hpp"

namespace parseflow::logplex {

/// `line` preceded by its octet count. Any line feed must be part of `line`.
inline std::string framed(std::string_view line) {
  return std::to_string(line.size()) + ' ' + std::string(line);
}

/// A line with a header like Heroku's, and its line feed.
inline std::string line_of(std::string_view source, std::string_view proc, std::string_view text) {
  std::string line = "<190>1 2026-03-02T14:07:31.118204+00:00 host ";
  line.append(source).append(" ").append(proc).append(" - ").append(text).append("\n");
  return line;
}

/// `line_of`, framed.
inline std::string frame_of(std::string_view source, std::string_view proc, std::string_view text) {
  return framed(line_of(source, proc, text));
}

/// Records together with the body that they refer to.
struct kept : parsed_body {
  std::unique_ptr<const std::string> bytes;
};

/// When the bodies of `read` arrive: soon after the date of `line_of`.
inline constexpr timestamp received_at =
    std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{15};

/// Parses a copy of `body`.
inline kept read(std::string_view body, std::uint32_t announced = frame::no_count,
                 structured_data mode = structured_data::absent) {
  auto bytes = std::make_unique<const std::string>(body);
  auto records = parse(*bytes, {mode, announced, received_at});
  return {std::move(records), std::move(bytes)};
}

} // namespace parseflow::logplex
