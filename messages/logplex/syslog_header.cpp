// The header of one syslog message as Heroku writes it, and the form of `heroku logs` → fields and text.
#include "messages/logplex/syslog_header.hpp"

namespace parseflow::logplex {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes `<PRI>1 ` off the front; PRI is 0 to 191 without leading zeros.
bool take_priority(std::string_view& rest) {
  if (rest.size() < 5 || rest[0] != '<' || !is_digit(rest[1]))
    return false;
  std::size_t i = 1;
  int priority = 0;
  for (; i < 4 && is_digit(rest[i]); ++i)
    priority = priority * 10 + (rest[i] - '0');
  if (priority > 191 || (rest[1] == '0' && i > 2))
    return false;
  if (rest.size() < i + 3 || rest[i] != '>' || rest[i + 1] != '1' || rest[i + 2] != ' ')
    return false;
  rest.remove_prefix(i + 3);
  return true;
}

// Takes a non-empty word and the space after it off the front.
bool take_word(std::string_view& rest, std::string_view& word) {
  const std::size_t space = rest.find(' ');
  if (space == 0 || space == std::string_view::npos)
    return false;
  word = rest.substr(0, space);
  rest.remove_prefix(space + 1);
  return true;
}

// The bytes of the SD-ELEMENT that `rest` begins with, or 0: `[id k="v" …]`, where `"`, `\` and `]` are
// escaped in values.
std::size_t element_bytes(std::string_view rest) {
  if (rest.empty() || rest[0] != '[')
    return 0;
  bool quoted = false;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"')
      quoted = !quoted;
    else if (quoted && rest[i] == '\\')
      ++i;
    else if (!quoted && rest[i] == ']')
      return i + 1;
  }
  return 0;
}

// The text behind the STRUCTURED-DATA. What does not parse as such is text.
std::string_view without_structured_data(std::string_view text) {
  std::size_t bytes = 0;
  if (text.starts_with('-')) {
    bytes = 1;
  } else {
    while (const std::size_t element = element_bytes(text.substr(bytes)))
      bytes += element;
  }
  if (bytes == text.size())
    return {text.data() + bytes, 0};
  return bytes != 0 && text[bytes] == ' ' ? text.substr(bytes + 1) : text;
}

} // namespace

bool header_reader::read_message(std::string_view message, header& out) {
  std::string_view rest = message;
  if (!take_priority(rest))
    return false;
  std::size_t used = timestamps_.read(rest, out.at);
  if (used == 0) {
    if (!rest.starts_with("- "))
      return false;
    out.at = received_at_;
    used = 1;
  }
  if (used >= rest.size() || rest[used] != ' ')
    return false;
  rest.remove_prefix(used + 1);
  std::string_view host;
  if (!take_word(rest, host) || !take_word(rest, out.source) || !take_word(rest, out.proc))
    return false;
  // MSGID may be the last thing in the message: then the text is empty.
  const std::size_t id_end = rest.find(' ');
  if (id_end == 0 || rest.empty())
    return false;
  out.text = id_end == std::string_view::npos ? rest.substr(rest.size()) : rest.substr(id_end + 1);
  if (mode_ == structured_data::present)
    out.text = without_structured_data(out.text);
  return true;
}

bool header_reader::read_shown(std::string_view line, header& out) {
  std::string_view rest = line;
  const std::size_t used = timestamps_.read(rest, out.at);
  if (used == 0 || used >= rest.size() || rest[used] != ' ')
    return false;
  rest.remove_prefix(used + 1);
  const std::size_t open = rest.find_first_of(" [");
  if (open == 0 || open == std::string_view::npos || rest[open] != '[')
    return false;
  out.source = rest.substr(0, open);
  rest.remove_prefix(open + 1);
  const std::size_t close = rest.find_first_of(" ]");
  if (close == 0 || close == std::string_view::npos || !rest.substr(close).starts_with("]:"))
    return false;
  out.proc = rest.substr(0, close);
  rest.remove_prefix(close + 2);
  out.text = rest.starts_with(' ') ? rest.substr(1) : rest;
  return true;
}

} // namespace parseflow::logplex
