// Steps through a body in any of its forms: octet-counted frames, syslog lines, or what `heroku logs` prints.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "messages/logplex/framing.hpp"
#include "messages/logplex/syslog_header.hpp"

namespace parseflow::logplex {

/// True if `text` begins like a line without a count: a syslog line, or one that `heroku logs` prints.
inline bool begins_with_line(std::string_view text) {
  if (text.starts_with('<'))
    return true;
  return text.size() > 4 && text[4] == '-' &&
         std::all_of(text.begin(), text.begin() + 4, [](char c) { return c >= '0' && c <= '9'; });
}

inline std::string_view without_line_feed(std::string_view line) {
  if (line.ends_with('\n'))
    line.remove_suffix(1);
  return line;
}

/// Takes off a line feed, or the CR LF that some loggers write.
inline std::string_view without_line_end(std::string_view line) {
  if (!line.ends_with("\r\n"))
    return without_line_feed(line);
  line.remove_suffix(2);
  return line;
}

/// Calls `on_line(const header&, bool is_miscounted)` and `on_damage(std::string_view)` for octet-counted
/// frames, in the order of the body. What has a header that parses is a line, even if its count is wrong.
template <class OnLine, class OnDamage>
void walk_frames(std::string_view body, std::uint32_t announced, header_reader& headers, OnLine on_line,
                 OnDamage on_damage) {
  framing frames(body, announced);
  header h;
  for (framed_line m; frames.next(m);) {
    if (headers.read_line(without_line_end(m.is_damaged ? m.line : m.bytes), h))
      on_line(h, m.is_damaged);
    else
      on_damage(m.is_damaged ? m.bytes : without_line_feed(m.bytes));
  }
}

/// The same for text lines. Adjacent lines that do not parse count as one piece of damage, so that garbage
/// costs no more than its bytes. `curl -d @file` removes the line feeds from what `heroku logs` printed: so
/// in a body of only one line, each header begins a new line. In other bodies it does not, because an app may
/// have written it.
template <class OnLine, class OnDamage>
void walk_lines(std::string_view body, header_reader& headers, OnLine on_line, OnDamage on_damage) {
  std::size_t damage = 0; // where the lines that did not parse begin
  auto give_damage = [&](std::size_t end) {
    if (damage != end)
      on_damage(without_line_feed(body.substr(damage, end - damage)));
  };
  header h;
  const bool is_one_line = !body.starts_with('<') && body.find('\n') >= body.size() - 1;
  for (std::size_t begin = 0; begin != body.size();) {
    std::size_t end = std::min(body.find('\n', begin), body.size());
    std::size_t next = std::min(end + 1, body.size());
    if (const std::size_t glued = is_one_line ? headers.find_shown(body, begin + 1) : end; glued < end)
      end = next = glued;
    std::string_view line = body.substr(begin, end - begin);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    const bool is_blank = line.empty() && damage == begin;
    const bool is_line = line.starts_with('<') ? headers.read_line(line, h)
                                               : begins_with_line(line) && headers.read_shown(line, h);
    if (is_line) {
      give_damage(begin);
      on_line(h, false);
    }
    if (is_line || is_blank)
      damage = next;
    begin = next;
  }
  give_damage(body.size());
}

/// The same for a body whose form is not known.
template <class OnLine, class OnDamage>
void walk_body(std::string_view body, std::uint32_t announced, header_reader& headers, OnLine on_line,
               OnDamage on_damage) {
  if (!begins_with_line(body) && framing::holds_frames(body))
    walk_frames(body, announced, headers, on_line, on_damage);
  else
    walk_lines(body, headers, on_line, on_damage);
}

} // namespace parseflow::logplex
