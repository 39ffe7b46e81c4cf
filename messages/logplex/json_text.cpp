// Is a text one JSON object, and which level does it name?
#include "messages/logplex/json_text.hpp"

#include <cstdint>

#include "messages/logplex/byte_search.hpp"
#include "messages/logplex/number_text.hpp"
#include "messages/logplex/severity_text.hpp"

namespace parseflow::logplex {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// A pushdown automaton; the stack is a word of bits, since all it has to know is object or array.
class scanner {
public:
  explicit scanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool object(severity& level) {
    skip_space();
    if (at_ == end_ || *at_ != '{')
      return false;
    level = severity::none;
    do {
      if (!value(level))
        return false;
      while (depth_ != 0 && take(is_object() ? '}' : ']'))
        close();
      if (depth_ != 0 && (!take(',') || !name()))
        return false;
    } while (depth_ != 0);
    return at_ == end_;
  }

private:
  bool is_object() const { return (stack_ & 1) != 0; }

  void skip_space() {
    while (at_ != end_ && is_space(*at_))
      ++at_;
  }

  // Takes a structural character and the space around it.
  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c)
      return false;
    ++at_;
    skip_space();
    return true;
  }

  bool open(char c) {
    if (depth_ == 64)
      return false;
    ++depth_;
    stack_ = stack_ << 1 | (c == '{' ? 1u : 0u);
    ++at_;
    skip_space();
    return true;
  }

  void close() {
    --depth_;
    stack_ >>= 1;
    names_level_ = false;
  }

  // The name and colon of a member, if the innermost value is an object.
  bool name() {
    if (!is_object())
      return true;
    std::string_view text;
    if (!string(text) || !take(':'))
      return false;
    names_level_ =
        depth_ == 1 && (is_text(text, "level") || is_text(text, "severity") || is_text(text, "log.level"));
    return true;
  }

  // A value; of a container that is not empty only what stands before its first innermost value.
  bool value(severity& level) {
    while (at_ != end_ && (*at_ == '{' || *at_ == '[')) {
      const char closing = *at_ == '{' ? '}' : ']';
      if (!open(*at_))
        return false;
      if (at_ != end_ && *at_ == closing) {
        ++at_;
        skip_space();
        close();
        return true;
      }
      if (!name())
        return false;
    }
    const bool is_level = names_level_ && depth_ == 1;
    names_level_ = false;
    if (at_ == end_)
      return false;
    if (*at_ == '"') {
      std::string_view text;
      if (!string(text))
        return false;
      if (is_level)
        level = severity_named(text);
      return true;
    }
    if (*at_ == '-' || is_digit(*at_)) {
      const char* const begin = at_;
      if (!number())
        return false;
      if (is_level && at_ - begin == 2)
        level = severity_numbered((begin[0] - '0') * 10 + (begin[1] - '0'));
      return true;
    }
    return literal("true") || literal("false") || literal("null");
  }

  bool literal(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word))
      return false;
    at_ += word.size();
    return true;
  }

  bool string(std::string_view& text) {
    if (at_ == end_ || *at_ != '"')
      return false;
    const char* const begin = ++at_;
    for (;; ++at_) {
      at_ += find_string_end({at_, static_cast<std::size_t>(end_ - at_)}, 0);
      if (at_ == end_)
        return false;
      if (*at_ == '"')
        break;
      if (*at_ != '\\' || !escape())
        return false;
    }
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }

  // Leaves `at_` on the last character of the escape.
  bool escape() {
    if (++at_ == end_)
      return false;
    if (*at_ != 'u')
      return std::string_view("\"\\/bfnrt").find(*at_) != std::string_view::npos;
    for (int i = 0; i < 4; ++i)
      if (++at_ == end_ || !is_hex(*at_))
        return false;
    return true;
  }

  bool digits() {
    const char* const begin = at_;
    while (at_ != end_ && is_digit(*at_))
      ++at_;
    return at_ != begin;
  }

  bool number() {
    if (*at_ == '-')
      ++at_;
    if (at_ != end_ && *at_ == '0')
      ++at_;
    else if (!digits())
      return false;
    if (at_ != end_ && *at_ == '.' && (++at_, !digits()))
      return false;
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      if (++at_ != end_ && (*at_ == '+' || *at_ == '-'))
        ++at_;
      return digits();
    }
    return true;
  }

  const char* at_;
  const char* end_;
  std::uint64_t stack_ = 0;
  int depth_ = 0;
  bool names_level_ = false; // the value that follows is that of a level, at any depth
};

} // namespace

bool read_json(std::string_view text, severity& level) {
  return scanner(text).object(level);
}

} // namespace parseflow::logplex
