// Bodies as a sender composes them.
#pragma once

#include <string>
#include <string_view>

namespace parseflow::logplex {

/// `message` with its octet count in front. The line feed is part of `message`, or it is missing.
inline std::string framed(std::string_view message) {
  return std::to_string(message.size()) + ' ' + std::string(message);
}

/// A message with the header that Heroku gives it, and its line feed.
inline std::string line_of(std::string_view source, std::string_view proc, std::string_view text) {
  std::string message = "<190>1 2026-03-02T14:07:31.118204+00:00 host ";
  message.append(source).append(" ").append(proc).append(" - ").append(text).append("\n");
  return message;
}

/// `line_of`, framed.
inline std::string frame_of(std::string_view source, std::string_view proc, std::string_view text) {
  return framed(line_of(source, proc, text));
}

} // namespace parseflow::logplex
