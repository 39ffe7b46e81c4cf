// How bad a line says it is.
#pragma once

#include <cstdint>
#include <string_view>

namespace parseflow {

/// How bad a line says it is. PRI says nothing about it (heroku-formats 2.3).
enum class severity : std::uint8_t { none, debug, info, warning, error, fatal };

/// The name a severity has in the database and in answers; empty for `none`.
std::string_view to_string(severity level);

} // namespace parseflow
