// The meaning of Heroku's error codes, in a few words.
#pragma once

#include <string_view>

namespace parseflow::alerts {

/// `H12` → `request timeout`; empty for a code that is not known.
std::string_view error_title(std::string_view code);

} // namespace parseflow::alerts
