// key=value text as Heroku's router, its runtime metrics and many apps write it (heroku-formats section 3).
//
//   at=info path="/s?q=a b" dyno= connect=1ms dry-run
#pragma once

#include <string_view>

namespace parseflow::logplex {

/// One pair. Views into the text.
struct logfmt_pair {
  std::string_view key;
  /// Without its quotes; a quote inside is still escaped (`\"`). Empty if none is written.
  std::string_view value;
  bool has_equals = false;
  bool is_quoted = false;
};

/// Steps through a text. A pair splits at its first `=`; pairs are separated by blanks. A value that begins
/// with a quote ends at the first quote that is not escaped and has a blank or the end behind it; if none is,
/// escapes are not heeded; if there is still none, the quote is an ordinary letter. A quoted value may have
/// blanks between it and its `=`, as the Heroku CLI prints them. Time is linear in the text, whatever it
/// holds.
class logfmt_reader {
public:
  explicit logfmt_reader(std::string_view text) : rest_(text) {}

  /// Takes the next pair; false at the end.
  bool next(logfmt_pair& out);

  /// What is not read yet.
  std::string_view rest() const { return rest_; }

  /// Continues at `rest`, a later part of the same text.
  void skip_to(std::string_view rest) { rest_ = rest; }

private:
  std::size_t closing_quote(std::string_view value);

  std::string_view rest_;
  // What an earlier search to the end of the text did not find need not be searched again.
  bool has_closing_quote_ = true;
  bool has_unescaped_closing_quote_ = true;
};

} // namespace parseflow::logplex
