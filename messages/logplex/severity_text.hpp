// How bad a line of an app says it is: words and numbers that loggers use for levels.
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/record.hpp"

namespace parseflow::logplex {

/// The severity that a level's name stands for, in any case of letters: `warn`, `ERROR`, …; `none` for
/// another word.
severity severity_named(std::string_view word);

/// The severity of a numeric level from 10 (trace) to 60 (fatal), as Bunyan and Pino write them; else `none`.
severity severity_numbered(std::int64_t level);

/// The severity of a plain text that begins with a level: `ERROR x`, `[warn] x`, `Error: x`, `E, [2026-…`;
/// else `none`.
severity leading_severity(std::string_view text);

} // namespace parseflow::logplex
