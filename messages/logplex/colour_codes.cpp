#include "messages/logplex/colour_codes.hpp"

#include "messages/logplex/body_walk.hpp"

namespace parseflow::logplex {

namespace {

// No terminal knows a longer code.
constexpr std::size_t max_code_bytes = 32;

bool is_parameter(char c) {
  return (c >= '0' && c <= '9') || c == ';' || c == ':';
}

} // namespace

std::size_t colour_code_bytes(std::string_view text) {
  std::size_t at = 0;
  if (text.starts_with(escape_byte))
    at = 1;
  else if (text.starts_with("\\u001b") || text.starts_with("\\u001B"))
    at = 6;
  else
    return 0;
  if (!text.substr(at).starts_with('['))
    return 0;
  for (++at; at < text.size() && at < max_code_bytes && is_parameter(text[at]);)
    ++at;
  return at < text.size() && text[at] == 'm' ? at + 1 : 0;
}

std::size_t last_colour_code_bytes(std::string_view text) {
  if (!text.ends_with('m'))
    return 0;
  std::size_t open = text.size() - 1;
  while (open != 0 && is_parameter(text[open - 1]) && text.size() - open < max_code_bytes)
    --open;
  for (const std::size_t escape : {1U, 6U}) // as a byte, and as JSON writes it
    if (open > escape) {
      const std::size_t begin = open - 1 - escape;
      if (colour_code_bytes(text.substr(begin)) == text.size() - begin)
        return text.size() - begin;
    }
  return 0;
}

std::string_view strip_colours(std::string_view text) {
  while (const std::size_t code = colour_code_bytes(text))
    text.remove_prefix(code);
  while (const std::size_t code = last_colour_code_bytes(text))
    text.remove_suffix(code);
  return text;
}

std::string_view copy_without_colours(std::string_view text, char* to) {
  const char* const begin = to;
  while (!text.empty()) {
    const std::size_t code = text.front() == escape_byte ? colour_code_bytes(text) : 0;
    if (code == 0)
      *to++ = text.front();
    text.remove_prefix(code == 0 ? 1 : code);
  }
  return {begin, static_cast<std::size_t>(to - begin)};
}

void remove_printed_colours(std::string& body) {
  if (!body.starts_with(escape_byte))
    return;
  std::string_view rest = body;
  while (const std::size_t code = colour_code_bytes(rest))
    rest.remove_prefix(code);
  if (begins_with_line(rest))
    body.resize(copy_without_colours(body, body.data()).size());
}

} // namespace parseflow::logplex
