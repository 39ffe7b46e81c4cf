// Walks one JSON object (RFC 8259) without building anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "messages/logplex/byte_search.hpp"
#include "messages/logplex/letter.hpp"

namespace parseflow::logplex {

/// The bytes of the escape that `text` begins with (`\n`, `\u00e9`), or 0 if JSON has no such escape.
inline std::size_t json_escape_size(std::string_view text) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (text.size() < 2 || text[0] != '\\')
    return 0;
  if (text[1] != 'u')
    return std::string_view("\"\\/bfnrt").find(text[1]) != std::string_view::npos ? 2 : 0;
  if (text.size() < 6)
    return 0;
  for (std::size_t i = 2; i != 6; ++i)
    if (!is_hex(text[i]))
      return 0;
  return 6;
}

/// Reports to a visitor what an object holds, in order: `begin_container(depth)` and `end_container(depth)`;
/// `name(text, depth)` and `string(text, depth)` with the text between the quotes, escapes unchanged;
/// `bare(text, depth)` for numbers, `true`, `false` and `null`. The depth is the number of containers around
/// it, 0 for the object itself. This is a pushdown automaton. Its stack is one word of bits, because it only
/// has to tell objects from arrays.
template <class Visitor>
class json_walk {
public:
  json_walk(std::string_view text, Visitor& visitor)
      : at_(text.data()), end_(text.data() + text.size()), visitor_(visitor) {}

  /// True if the text is one object, perhaps with white space around it. Bytes in strings need not be UTF-8.
  /// Objects nested deeper than 64 are not recognised.
  bool object() {
    skip_space();
    if (at_ == end_ || *at_ != '{')
      return false;
    do {
      if (!value())
        return false;
      while (depth_ != 0 && take(is_object() ? '}' : ']'))
        close();
      if (depth_ != 0 && (!take(',') || !name()))
        return false;
    } while (depth_ != 0);
    return at_ == end_;
  }

private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  bool is_object() const { return (stack_ & 1) != 0; }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

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
    visitor_.begin_container(depth_);
    ++depth_;
    stack_ = stack_ << 1 | (c == '{' ? 1u : 0u);
    ++at_;
    skip_space();
    return true;
  }

  void close() {
    --depth_;
    stack_ >>= 1;
    visitor_.end_container(depth_);
  }

  // Takes the name and colon of a member, if the innermost container is an object.
  bool name() {
    if (!is_object())
      return true;
    std::string_view text;
    if (!string(text) || !take(':'))
      return false;
    visitor_.name(text, depth_);
    return true;
  }

  // Takes a value. Of a container that is not empty, takes the part up to and including the first innermost
  // value; `object` takes the rest.
  bool value() {
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
    if (at_ == end_)
      return false;
    if (*at_ == '"') {
      std::string_view text;
      if (!string(text))
        return false;
      visitor_.string(text, depth_);
      return true;
    }
    const char* const begin = at_;
    if (!(*at_ == '-' || is_digit(*at_) ? number() : literal("true") || literal("false") || literal("null")))
      return false;
    visitor_.bare({begin, static_cast<std::size_t>(at_ - begin)}, depth_);
    return true;
  }

  bool literal(std::string_view word) {
    if (!rest().starts_with(word))
      return false;
    at_ += word.size();
    return true;
  }

  bool string(std::string_view& text) {
    if (at_ == end_ || *at_ != '"')
      return false;
    const char* const begin = ++at_;
    for (;;) {
      at_ += find_string_end(rest(), 0);
      if (at_ == end_)
        return false;
      if (*at_ == '"')
        break;
      const std::size_t escape = json_escape_size(rest());
      if (escape == 0)
        return false;
      at_ += escape;
    }
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
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
  Visitor& visitor_;
  std::uint64_t stack_ = 0;
  int depth_ = 0;
};

} // namespace parseflow::logplex
