// The severity that a line of an app names: the words, numbers and keys that loggers use for levels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "messages/logplex/number_text.hpp"
#include "messages/parsed_body.hpp"

namespace parseflow::logplex {

/// The severity that a level's name stands for, in any case of letters: `warn`, `ERROR`, `Information`, …;
/// `none` for another word.
severity severity_named(std::string_view word);

/// The severity of a numeric level: from 10 (trace) to 60 (fatal), as Bunyan and Pino write them, or from 100
/// (debug) to 600 (emergency), as Monolog does; else `none`.
severity severity_numbered(std::int64_t level);

/// The severity that a level's value stands for, a name or a number. Blanks and colour codes around it, and
/// commas after it, do not matter.
severity severity_told(std::string_view value);

inline constexpr std::size_t max_level_key_bytes = 16;

/// The second part of `names_level`, for the few keys that begin like a level's key. Precondition: `key` has
/// at most `max_level_key_bytes`.
bool is_level_key(std::string_view key);

/// True if `key` is a name that loggers give the level: `level`, `lvl`, `severity`, `log.level`, `levelname`,
/// `@l`, ….
inline bool names_level(std::string_view key) {
  const char first = key.empty() || key.size() > max_level_key_bytes ? ' ' : key[0];
  if (is_text(key, "level"))
    return true;
  return (first == 'l' || first == 's' || first == 'L' || first == 'S' || first == '@') && is_level_key(key);
}

} // namespace parseflow::logplex
