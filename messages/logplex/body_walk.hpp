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

inline std::string_view without_line_feed(std::string_view message) {
  if (message.ends_with('\n'))
    message.remove_suffix(1);
  return message;
}

/// Calls `on_line(const header&)` and `on_damage(std::string_view)` for octet-counted frames, in the order of
/// the body.
template <class OnLine, class OnDamage>
void walk_frames(std::string_view body, std::uint32_t announced, header_reader& headers, OnLine on_line,
                 OnDamage on_damage) {
  framing frames(body, announced);
  header h;
  for (message m; frames.next(m);) {
    if (m.damaged)
      on_damage(m.bytes);
    else if (const std::string_view text = without_line_feed(m.bytes); headers.read_message(text, h))
      on_line(h);
    else
      on_damage(text);
  }
}

/// The same for text lines. Lines that do not parse and stand together are one damage, so that garbage costs
/// no more than its bytes.
template <class OnLine, class OnDamage>
void walk_lines(std::string_view body, header_reader& headers, OnLine on_line, OnDamage on_damage) {
  std::size_t damage = 0; // begin of the lines that did not parse
  auto give_damage = [&](std::size_t end) {
    if (damage != end)
      on_damage(without_line_feed(body.substr(damage, end - damage)));
  };
  header h;
  for (std::size_t begin = 0; begin != body.size();) {
    const std::size_t end = std::min(body.find('\n', begin), body.size());
    const std::size_t next = std::min(end + 1, body.size());
    std::string_view line = body.substr(begin, end - begin);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    const bool is_blank = line.empty() && damage == begin;
    const bool is_line = line.starts_with('<') ? headers.read_message(line, h)
                                               : begins_with_line(line) && headers.read_shown(line, h);
    if (is_line) {
      give_damage(begin);
      on_line(h);
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
