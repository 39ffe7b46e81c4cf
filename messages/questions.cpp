#include "messages/questions.hpp"

namespace parseflow {

namespace {
constexpr std::string_view names[] = {"1m", "5m", "1h", "24h", "all"};
}

std::string_view to_string(window span) {
  return names[static_cast<std::size_t>(span)];
}

std::optional<window> window_from(std::string_view text) {
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (names[i] == text)
      return static_cast<window>(i);
  return std::nullopt;
}

} // namespace parseflow
