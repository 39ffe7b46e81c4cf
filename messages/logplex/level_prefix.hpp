// The level at the front of a plain text, where frameworks write it: as the first word, after a time, or
// in brackets.
//
//   ERROR cannot connect
//   E, [2026-03-02T14:07:31.118204 #7] ERROR -- : cannot connect
//   2026-03-02 14:07:31,118 - app - ERROR - cannot connect
//   [2026-03-02 14:07:31 +0000] [7] [ERROR] cannot connect
#pragma once

#include <string_view>

#include "messages/severity.hpp"

namespace parseflow::logplex {

/// The severity that the prefix of `text` names, else `none`. Looks only at the first 160 bytes, and in them
/// only at what a logger puts in front: times, numbers, names, brackets and the level. The prefix ends where
/// a sentence begins, so a level's name in the sentence does not count. Colour codes do not matter.
severity leading_severity(std::string_view text);

} // namespace parseflow::logplex
