// Finds out whether a text is one JSON object, and which level that names. Looks at nothing else in it.
#pragma once

#include <string_view>

#include "messages/parsed_body.hpp"

namespace parseflow::logplex {

/// True if `text` is one JSON object, perhaps with white space around it. Then `level` is what its outermost
/// `level`, `severity` or `log.level` says, or `none`. Bytes in strings need not be UTF-8. Objects nested
/// deeper than 64 are not recognised.
bool read_json(std::string_view text, severity& level);

} // namespace parseflow::logplex
