// Times in answers and queries, as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/time.hpp"

namespace parseflow::http {

/// RFC 3339 in UTC with milliseconds: `2026-03-02T14:07:31.118Z`.
std::string rfc3339(timestamp at);

/// Reads RFC 3339 or unix seconds, both with or without a fraction. Nothing for any other text, and for years
/// before 1970 or after 9999.
std::optional<timestamp> read_time(std::string_view text);

} // namespace parseflow::http
