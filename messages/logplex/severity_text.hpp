// How bad a line of an app says it is: the words, numbers and keys that loggers use for levels.
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/record.hpp"

namespace parseflow::logplex {

/// The severity that a level's name stands for, in any case of letters: `warn`, `ERROR`, `Information`, …;
/// `none` for another word.
severity severity_named(std::string_view word);

/// The severity of a numeric level: from 10 (trace) to 60 (fatal), as Bunyan and Pino write them, or from 100
/// (debug) to 600 (emergency), as Monolog does; else `none`.
severity severity_numbered(std::int64_t level);

/// The severity that a level's value stands for, a name or a number; blanks, colour codes and a comma around
/// it do not matter.
severity severity_told(std::string_view value);

/// True if `key` is a name that loggers give the level: `level`, `lvl`, `severity`, `log.level`, `levelname`,
/// `@l`, ….
bool names_level(std::string_view key);

} // namespace parseflow::logplex
