// The level at the front of a plain text, where frameworks write it: as the first word, behind a time, in
// brackets.
//
//   ERROR cannot connect
//   E, [2026-03-02T14:07:31.118204 #7] ERROR -- : cannot connect
//   2026-03-02 14:07:31,118 - app - ERROR - cannot connect
//   [2026-03-02 14:07:31 +0000] [7] [ERROR] cannot connect
#pragma once

#include <string_view>

#include "messages/severity.hpp"

namespace parseflow::logplex {

/// The severity that the prefix of `text` tells, else `none`. Looks at no more than the first 160 bytes, and
/// within them at what a logger puts in front: times, numbers, names, brackets and the level. A sentence ends
/// the prefix, so that a level's name in it tells nothing. Colour codes do not matter.
severity leading_severity(std::string_view text);

} // namespace parseflow::logplex
