#include "messages/logplex/level_prefix.hpp"

#include <algorithm>

#include "messages/logplex/blank_text.hpp"
#include "messages/logplex/colour_codes.hpp"
#include "messages/logplex/letter.hpp"
#include "messages/logplex/severity_text.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t max_prefix_bytes = 160;
// More than any framework puts in front of a level.
constexpr int max_tokens = 16;
constexpr std::size_t unix_time_digits = 10;

bool is_shouted(std::string_view word) {
  return std::all_of(word.begin(), word.end(), is_upper);
}
bool is_in(std::string_view set, char c) {
  return set.find(c) != npos;
}

// The initials that stand for levels: Ruby's logger, glog, Tornado, Passenger.
severity initial_severity(char initial) {
  switch (initial) {
  case 'D':
    return severity::debug;
  case 'I':
  case 'N':
    return severity::info;
  case 'W':
    return severity::warning;
  case 'E':
    return severity::error;
  case 'C':
  case 'F':
    return severity::fatal;
  default:
    return severity::none;
  }
}

// True for the first three letters of a day or a month, the first of them a capital.
bool is_word_of_time(std::string_view word) {
  static constexpr std::string_view names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
                                               "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                               "Aug", "Sep", "Oct", "Nov", "Dec"};
  return std::find(std::begin(names), std::end(names), word) != std::end(names);
}

// True for `2026-03-02`, `26/Nov/2026`, `14:07:31`, `7:30` (digits, a mark, and more), and `1772460451.118`.
bool is_time(std::string_view number) {
  const std::size_t mark = number.find_first_of("-/:");
  if (mark == npos)
    return number.size() >= unix_time_digits;
  if (mark + 1 == number.size())
    return false;
  if (number[mark] == ':')
    return is_digit(number[mark + 1]);
  return number.find_first_of("-/", mark + 1) != npos;
}

// Reads the prefix, one token after the other.
class prefix_reader {
public:
  prefix_reader(std::string_view text, bool is_in_brackets) : rest_(text), is_in_brackets_(is_in_brackets) {}

  severity read() {
    for (int tokens = 0; tokens != max_tokens; ++tokens) {
      skip_blanks();
      if (rest_.empty())
        return severity::none;
      const char c = rest_[0];
      if (is_letter(c)) {
        if (const severity found = level_of_word(tokens == 0); found != severity::none)
          return found;
        if (const severity found = tokens == 0 ? first_level() : severity::none; found != severity::none)
          return found;
        if (!skip_word(tokens == 0))
          return severity::none;
      } else if (is_digit(c) || (is_in("+-", c) && rest_.size() > 1 && is_digit(rest_[1]))) {
        skip_number();
      } else if (is_in("[(<{", c)) {
        if (const severity found = level_in_brackets(tokens == 0); found != severity::none || rest_.empty())
          return found;
      } else if (is_in(separators, c)) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(separators), rest_.size()));
        is_behind_separator_ = true;
        continue;
      } else {
        return tokens == 0 ? report_level() : severity::none;
      }
      is_behind_separator_ = false;
    }
    return severity::none;
  }

private:
  static constexpr std::string_view separators = "-|:>";

  // A tab counts as a separator, unlike other blanks.
  void skip_blanks() {
    for (; !rest_.empty() && is_blank(rest_[0]); rest_.remove_prefix(1))
      is_behind_separator_ |= rest_[0] == '\t';
  }

  char byte_at(std::size_t i) const { return i < rest_.size() ? rest_[i] : ' '; }

  // The level in a form that occurs only at the beginning of a text.
  severity first_level() {
    const char initial = rest_[0];
    if (is_upper(initial)) {
      // Ruby's logger: `E, [2026-03-02T14:07:31 #7] ERROR -- : x`.
      if (rest_.substr(1).starts_with(", ["))
        return initial_severity(initial);
      // Tornado and Passenger, in brackets: `[E 260302 14:07:31 web:12] x`.
      if (is_in_brackets_ && byte_at(1) == ' ' && is_digit(byte_at(2)))
        return initial_severity(initial);
      // glog and klog: `E0302 14:07:31.118204 7 file.go:12] x`; Meteor: `E20260302-14:07:31.118(0) x`.
      const std::size_t digits = std::min(rest_.find_first_not_of("0123456789", 1), rest_.size()) - 1;
      if ((digits == 4 && byte_at(5) == ' ' && is_digit(byte_at(6))) ||
          (digits == 8 && byte_at(9) == '-' && is_digit(byte_at(10))))
        return initial_severity(initial);
    }
    // npm: `npm ERR! x`, `npm warn x`.
    if (constexpr std::string_view npm = "npm "; rest_.starts_with(npm))
      return severity_named(rest_.substr(npm.size(), rest_.find_first_of(" !", npm.size()) - npm.size()));
    return severity::none;
  }

  // Erlang: `=ERROR REPORT==== 2-Mar-2026::14:07:31 ===`.
  severity report_level() const {
    const std::size_t end = rest_.find(" REPORT====");
    return rest_[0] == '=' && end != npos ? severity_named(rest_.substr(1, end - 1)) : severity::none;
  }

  // A level's name in any case counts if it is marked (`error:`), or fenced by separators; a name in capitals
  // also if it stands alone. Unless it is the first word, a time or brackets must come before it.
  severity level_of_word(bool is_first) const {
    if (!is_first && !has_time_)
      return severity::none;
    const std::size_t length = std::min(
        static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_letter) - rest_.begin()),
        rest_.size());
    const std::string_view word = rest_.substr(0, length);
    const char after = byte_at(length);
    // Go's servers begin their messages with `http:`.
    if (after == ':' && byte_at(length + 1) != ':' && word != "http" && word != "config")
      return severity_named(word);
    // Monolog: `production.ERROR: x`.
    if (after == '.')
      return level_of_channel();
    const bool is_alone = is_blank(after) || is_in("[|>", after) || (has_time_ && is_in("/,", after));
    const bool is_fenced_word =
        has_time_ && is_behind_separator_ && (after == '\t' || is_in("-|", byte_at(length + 1)));
    if ((is_alone && is_shouted(word)) || is_fenced_word)
      if (const severity level = severity_named(word); level != severity::none)
        return level;
    return level_of_error();
  }

  // The forms of PHP, with or without its name in front, and of Go.
  severity level_of_error() const {
    if (constexpr std::string_view php = "PHP "; rest_.starts_with(php))
      return prefix_reader(rest_.substr(php.size()), false).read();
    if (rest_.starts_with("Fatal error:") || rest_.starts_with("fatal error:"))
      return severity::fatal;
    return rest_.starts_with("Parse error:") ? severity::error : severity::none;
  }

  severity level_of_channel() const {
    const std::string_view token = rest_.substr(0, rest_.find_first_of(" :\t"));
    const std::string_view word = token.substr(token.rfind('.') + 1);
    const bool is_level = byte_at(token.size()) == ':' && is_shouted(word);
    return is_level ? severity_named(word) : severity::none;
  }

  // Skips a word that may come before a level. False if a sentence begins with it.
  bool skip_word(bool is_first) {
    const std::size_t size = std::min(rest_.find_first_of(" \t[|("), rest_.size());
    const std::string_view word = rest_.substr(0, size);
    if (!is_word_of_time(word.substr(0, 3)) || size > 4) {
      if (is_first || !has_time_)
        return false;
      const bool is_zone = size <= 5 && is_shouted(word);
      const bool is_pair = word.find('=') != npos && word.find('"') == npos;
      const bool is_name =
          word.find_first_of("._:/#$0123456789") != npos && word.find_first_of("\"'=,!?") == npos;
      if (!is_zone && !is_pair && !is_name && !is_fenced(size))
        return false;
    }
    rest_.remove_prefix(size);
    return true;
  }

  // True for a word between separators: ` - app - `.
  bool is_fenced(std::size_t size) const {
    const std::string_view behind = without_leading_blanks(rest_.substr(size));
    return is_behind_separator_ && !behind.empty() && is_in(separators, behind[0]);
  }

  void skip_number() {
    const std::size_t size = std::min(rest_.find_first_of(" \t[](){}<>|\"=", 1), rest_.size());
    has_time_ |= is_time(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }

  // Reads the level in brackets, or skips them if they hold none. Leaves `rest_` empty if they cannot be part
  // of a prefix.
  severity level_in_brackets(bool is_first) {
    const char open = rest_[0];
    const char closing = open == '[' ? ']' : open == '(' ? ')' : open == '<' ? '>' : '}';
    const std::size_t close = rest_.find(closing);
    if (close == npos || rest_[1] == '"') {
      rest_ = {};
      return severity::none;
    }
    const std::string_view inner = without_blanks_around(rest_.substr(1, close - 1));
    if (open == '[' || open == '<')
      if (const severity exact = severity_named(inner); exact != severity::none)
        return exact;
    if (open == '[') {
      // Apache: `[core:error]`, after its time.
      if (const std::size_t colon = inner.rfind(':'); has_time_ && colon != npos)
        if (const severity of_module = severity_named(inner.substr(colon + 1)); of_module != severity::none)
          return of_module;
      if (const severity found = prefix_reader(inner, true).read(); found != severity::none)
        return found;
    } else if (open != '(' && is_first) {
      rest_ = {};
      return severity::none;
    }
    has_time_ = true;
    rest_.remove_prefix(close + 1);
    return severity::none;
  }

  std::string_view rest_;
  bool is_in_brackets_;
  bool has_time_ = false; // a time or brackets came first: only a logger writes these
  bool is_behind_separator_ = false;
};

} // namespace

severity leading_severity(std::string_view text) {
  text = text.substr(0, max_prefix_bytes);
  char plain[max_prefix_bytes];
  if (text.find(escape_byte) != npos)
    text = copy_without_colours(text, plain);
  return prefix_reader(text, false).read();
}

} // namespace parseflow::logplex
