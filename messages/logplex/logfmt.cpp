#include "messages/logplex/logfmt.hpp"

#include "messages/logplex/byte_search.hpp"

namespace parseflow::logplex {

namespace {

bool is_closing(std::string_view text, std::size_t quote) {
  return quote + 1 == text.size() || is_blank(text[quote + 1]);
}

} // namespace

// The position of the quote that closes the quoted value at the beginning of `value`, or npos.
std::size_t logfmt_reader::closing_quote(std::string_view value) {
  if (has_unescaped_closing_quote_) {
    for (std::size_t i = 1; (i = find_either(value, i, '"', '\\')) < value.size(); ++i) {
      if (value[i] == '\\')
        ++i;
      else if (is_closing(value, i))
        return i;
    }
    has_unescaped_closing_quote_ = false;
  }
  if (has_closing_quote_) {
    for (std::size_t i = 1; (i = find_either(value, i, '"', '"')) < value.size(); ++i)
      if (is_closing(value, i))
        return i;
    has_closing_quote_ = false;
  }
  return std::string_view::npos;
}

bool logfmt_reader::next(logfmt_pair& out) {
  rest_ = without_leading_blanks(rest_);
  if (rest_.empty())
    return false;
  const std::size_t key_end = find_blank_or(rest_, 0, '=');
  out = {rest_.substr(0, key_end), {}, false, false};
  rest_.remove_prefix(key_end);
  if (!rest_.starts_with('='))
    return true;
  out.has_equals = true;
  rest_.remove_prefix(1);
  const std::string_view value = without_leading_blanks(rest_);
  if (value.starts_with('"')) {
    const std::size_t close = closing_quote(value);
    if (close != std::string_view::npos) {
      out.is_quoted = true;
      out.value = value.substr(1, close - 1);
      rest_ = value.substr(close + 1);
      return true;
    }
  }
  out.value = rest_.substr(0, find_blank_or(rest_, 0, ' '));
  rest_.remove_prefix(out.value.size());
  return true;
}

} // namespace parseflow::logplex
