// key=value text as Heroku's router, its runtime metrics and many apps write it (heroku-formats section 3).
//
//   at=info path="/s?q=a b" dyno= connect=1ms dry-run
#pragma once

#include <string_view>

namespace parseflow::logplex {

/// One pair. Views into the text.
struct logfmt_pair {
  std::string_view key;
  /// Without its quotes; a quote inside stays escaped (`\"`). Empty if no value is written.
  std::string_view value;
  bool has_equals = false;
  bool is_quoted = false;
};

/// Steps through a text. A pair is split at its first `=`; pairs are separated by blanks. A value that
/// begins with a quote ends at the first quote that is not escaped and is followed by a blank or the end. If
/// there is none, escapes are ignored; if there is still none, the quote is an ordinary character. Blanks
/// may stand between `=` and a quoted value, as the Heroku CLI prints them. Time is linear in the text,
/// whatever it holds.
class logfmt_reader {
public:
  explicit logfmt_reader(std::string_view text) : rest_(text) {}

  /// Takes the next pair; false at the end.
  bool next(logfmt_pair& out);

  /// The part that is not read yet.
  std::string_view rest() const { return rest_; }

  /// Continues at `rest`, a later part of the same text.
  void skip_to(std::string_view rest) { rest_ = rest; }

private:
  std::size_t closing_quote(std::string_view value);

  std::string_view rest_;
  // False after a search to the end of the text has found none, so that it is not repeated.
  bool has_closing_quote_ = true;
  bool has_unescaped_closing_quote_ = true;
};

} // namespace parseflow::logplex
