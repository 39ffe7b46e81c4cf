#include "actors/list_text.hpp"

#include <fmt/chrono.h>

namespace parseflow::actors {

std::string time_or_never(timestamp at) {
  return at == timestamp{}
             ? "never"
             : fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(at));
}

} // namespace parseflow::actors
