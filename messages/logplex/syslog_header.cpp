#include "messages/logplex/syslog_header.hpp"

#include "messages/logplex/letter.hpp"

namespace parseflow::logplex {

namespace {

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

// The text after the STRUCTURED-DATA. Anything that does not parse as such belongs to the text.
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

#if defined(__SSE2__)

// The bytes of `<PRI>1 ` if PRI has two or three digits; else 0: `take_priority` then decides.
std::size_t usual_priority_bytes(std::string_view line) {
  if (line.size() < 8 || line[0] != '<')
    return 0;
  const auto digit = [line](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(line[i] - '0'));
  };
  const std::size_t close = line[3] == '>' ? 3 : 4;
  const unsigned last = close == 4 ? digit(3) : 0;
  const unsigned priority = close == 4 ? digit(1) * 100 + digit(2) * 10 + last : digit(1) * 10 + digit(2);
  const bool are_digits = digit(1) - 1 <= 8 && digit(2) <= 9 && last <= 9;
  return are_digits && priority <= 191 && line[close] == '>' && line[close + 1] == '1' &&
                 line[close + 2] == ' '
             ? close + 3
             : 0;
}

// One bit for each of the 32 bytes at `p`: set if it is a space.
unsigned spaces_in_32(const char* p) {
  const __m128i space = _mm_set1_epi8(' ');
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(low, space))) |
         static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(high, space))) << 16;
}

#endif

} // namespace

bool header_reader::read_line(std::string_view line, header& out) {
#if defined(__SSE2__)
  // The header of nearly all lines: four words, which end within the 32 bytes after the timestamp.
  const std::size_t priority_bytes = usual_priority_bytes(line);
  if (priority_bytes != 0) [[likely]] {
    const std::size_t used = priority_bytes + timestamps_.read(line.substr(priority_bytes), out.at);
    if (used != priority_bytes && line.size() >= used + 32) [[likely]] {
      const char* const p = line.data() + used;
      const unsigned all = spaces_in_32(p);
      const unsigned host_end = all & (all - 1), source_end = host_end & (host_end - 1);
      const unsigned proc_end = source_end & (source_end - 1), id_end = proc_end & (proc_end - 1);
      // The lowest bit of each is where that word ends. Two spaces in a row before the last end mean an
      // empty word.
      if ((all & 1) != 0 && id_end != 0 && ((all & all << 1) & ((id_end & -id_end) * 2 - 1)) == 0)
          [[likely]] {
        const int host = __builtin_ctz(host_end), source = __builtin_ctz(source_end),
                  proc = __builtin_ctz(proc_end);
        out.source = {p + host + 1, static_cast<std::size_t>(source - host - 1)};
        out.proc = {p + source + 1, static_cast<std::size_t>(proc - source - 1)};
        out.text = line.substr(used + static_cast<std::size_t>(__builtin_ctz(id_end)) + 1);
        if (mode_ == structured_data::present)
          out.text = without_structured_data(out.text);
        return true;
      }
    }
  }
#endif
  return read_unusual_line(line, out);
}

bool header_reader::read_unusual_line(std::string_view line, header& out) {
  std::string_view rest = line;
  if (!take_priority(rest))
    return false;
  std::size_t used = timestamps_.read_loosely(rest, out.at);
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
  // MSGID may be the last thing in the line: then the text is empty.
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
  const std::size_t used = timestamps_.read_loosely(rest, out.at);
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

std::size_t header_reader::find_shown(std::string_view text, std::size_t from) {
  constexpr std::size_t year_digits = 4;
  header h;
  for (std::size_t dash = from + year_digits; (dash = text.find('-', dash)) < text.size(); ++dash)
    if (read_shown(text.substr(dash - year_digits), h))
      return dash - year_digits;
  return std::string_view::npos;
}

} // namespace parseflow::logplex
