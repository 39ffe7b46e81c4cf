#include "messages/logplex/severity_text.hpp"

#include <algorithm>

#include "messages/logplex/blank_text.hpp"
#include "messages/logplex/colour_codes.hpp"
#include "messages/logplex/letter.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::size_t packed_bytes = 8;

// Packs a word of at most eight letters, in lower case, into one number.
constexpr std::uint64_t packed(std::string_view word) {
  std::uint64_t letters = 0;
  for (const char c : word)
    letters = letters << 8 | static_cast<unsigned char>(lower(c));
  return letters;
}

bool is_equal_in_any_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

struct short_name {
  std::uint64_t name;
  severity level;
};

// The usual ones first.
constexpr short_name short_names[] = {
    {packed("info"), severity::info},
    {packed("error"), severity::error},
    {packed("warn"), severity::warning},
    {packed("warning"), severity::warning},
    {packed("debug"), severity::debug},
    {packed("fatal"), severity::fatal},
    {packed("trace"), severity::debug},
    {packed("notice"), severity::info},
    {packed("critical"), severity::fatal},
    {packed("err"), severity::error},
    // syslog
    {packed("crit"), severity::fatal},
    {packed("alert"), severity::fatal},
    {packed("emerg"), severity::fatal},
    // java.util.logging
    {packed("severe"), severity::error},
    {packed("config"), severity::debug},
    {packed("fine"), severity::debug},
    {packed("finer"), severity::debug},
    {packed("finest"), severity::debug},
    // Go: zap, logrus, log15, zerolog
    {packed("panic"), severity::fatal},
    {packed("dpanic"), severity::fatal},
    {packed("erro"), severity::error},
    {packed("debu"), severity::debug},
    {packed("trac"), severity::debug},
    {packed("fata"), severity::fatal},
    {packed("pani"), severity::fatal},
    {packed("eror"), severity::error},
    {packed("dbug"), severity::debug},
    {packed("inf"), severity::info},
    {packed("wrn"), severity::warning},
    {packed("dbg"), severity::debug},
    {packed("trc"), severity::debug},
    {packed("ftl"), severity::fatal},
    {packed("pnc"), severity::fatal},
    // .NET: the console and Serilog
    {packed("fail"), severity::error},
    {packed("trce"), severity::debug},
    {packed("vrb"), severity::debug},
    {packed("verbose"), severity::debug},
    // npm and winston
    {packed("verb"), severity::debug},
    {packed("silly"), severity::debug},
    {packed("http"), severity::info},
    // loguru, Postgres
    {packed("success"), severity::info},
    {packed("log"), severity::info},
};

struct long_name {
  std::string_view name;
  severity level;
};
constexpr long_name long_names[] = {
    {"information", severity::info},
    {"informational", severity::info},
    {"emergency", severity::fatal},
};

} // namespace

severity severity_named(std::string_view word) {
  if (word.size() > packed_bytes) {
    for (const long_name& known : long_names)
      if (is_equal_in_any_case(word, known.name))
        return known.level;
    return severity::none;
  }
  if (word.size() < 3)
    return severity::none;
  const std::uint64_t name = packed(word);
  for (const short_name& known : short_names)
    if (known.name == name)
      return known.level;
  return severity::none;
}

severity severity_numbered(std::int64_t level) {
  struct bound {
    std::int64_t below;
    severity level;
  };
  static constexpr bound bounds[] = {
      {10, severity::none},  {30, severity::debug},    {40, severity::info},   {50, severity::warning},
      {60, severity::error}, {61, severity::fatal},    {100, severity::none},  {200, severity::debug},
      {300, severity::info}, {400, severity::warning}, {500, severity::error}, {601, severity::fatal},
  };
  for (const bound& next : bounds)
    if (level < next.below)
      return next.level;
  return severity::none;
}

severity severity_told(std::string_view value) {
  if (const severity plain = severity_named(value); plain != severity::none)
    return plain;
  value = without_blanks_around(without_colours_around(without_blanks_around(value)));
  while (value.ends_with(','))
    value.remove_suffix(1);
  if (value.size() == 2 || value.size() == 3) {
    std::int64_t number = 0;
    for (const char c : value)
      number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : INT16_MAX;
    if (number < INT16_MAX)
      return severity_numbered(number);
  }
  return severity_named(value);
}

bool is_level_key(std::string_view key) {
  if (key == "@l") // Serilog's
    return true;
  // `log.level`, `log_level`, `logLevel` and `@level` differ only in marks and case.
  char letters[max_level_key_bytes];
  std::size_t size = 0;
  for (const char c : key)
    if (c != '.' && c != '_' && c != '-' && c != '@')
      letters[size++] = lower(c);
  static constexpr std::string_view names[] = {"level",     "severity",     "lvl",         "loglevel",
                                               "levelname", "severitytext", "logseverity", "levelstr"};
  const std::string_view name(letters, size);
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

} // namespace parseflow::logplex
