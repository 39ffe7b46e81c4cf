// key=value text as Heroku's router, its runtime metrics and many apps write it.
#include "messages/logplex/logfmt.hpp"

namespace parseflow::logplex {

namespace {

bool is_closing(std::string_view text, std::size_t quote) {
  return quote + 1 == text.size() || text[quote + 1] == ' ';
}

} // namespace

// Where the quoted value that `value` begins with is closed, or npos.
std::size_t logfmt_reader::closing_quote(std::string_view value) {
  constexpr std::size_t npos = std::string_view::npos;
  if (has_unescaped_closing_quote_) {
    for (std::size_t i = 1; (i = value.find_first_of("\"\\", i)) != npos; ++i) {
      if (value[i] == '\\')
        ++i;
      else if (is_closing(value, i))
        return i;
    }
    has_unescaped_closing_quote_ = false;
  }
  if (has_closing_quote_) {
    for (std::size_t i = 1; (i = value.find('"', i)) != npos; ++i)
      if (is_closing(value, i))
        return i;
    has_closing_quote_ = false;
  }
  return npos;
}

bool logfmt_reader::next(logfmt_pair& out) {
  const std::size_t first = rest_.find_first_not_of(' ');
  if (first == std::string_view::npos) {
    rest_ = {};
    return false;
  }
  rest_.remove_prefix(first);
  const std::size_t key_end = rest_.find_first_of("= ");
  out = {rest_.substr(0, key_end), {}, false, false};
  if (key_end == std::string_view::npos || rest_[key_end] == ' ') {
    rest_.remove_prefix(out.key.size());
    return true;
  }
  out.has_equals = true;
  rest_.remove_prefix(key_end + 1);
  if (rest_.starts_with('"')) {
    const std::size_t close = closing_quote(rest_);
    if (close != std::string_view::npos) {
      out.is_quoted = true;
      out.value = rest_.substr(1, close - 1);
      rest_.remove_prefix(close + 1);
      return true;
    }
  }
  out.value = rest_.substr(0, rest_.find(' '));
  rest_.remove_prefix(out.value.size());
  return true;
}

} // namespace parseflow::logplex
