// One line of a batch, whatever its kind, as searches and tails see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "messages/frame.hpp"
#include "messages/parsed_body.hpp"

namespace parseflow::lines {

/// Views into the frame and its records; valid as long as those.
struct line_view {
  const frame* origin = nullptr;
  /// Among the lines of its frame, from 0, in the order of the body.
  std::uint32_t position = 0;
  timestamp at{};
  /// APP-NAME and PROCID: shown before the text. Empty for a malformed line.
  std::string_view source, proc;
  /// Of a router line the dyno that had the request, else PROCID.
  std::string_view dyno;
  std::string_view text;
  /// `to_string(line_kind)`; `request` for a router line.
  std::string_view kind;
  std::string_view code;
  severity level = severity::none;
  /// Null if it is no router line.
  const request_record* request = nullptr;
};

inline constexpr std::string_view request_kind = "request";

inline line_view view_of(const frame& origin, std::uint32_t position, const request_record& request) {
  return {&origin,      position,     request.at,   "heroku",      "router", request.dyno,
          request.text, request_kind, request.code, request.level, &request};
}

inline line_view view_of(const frame& origin, std::uint32_t position, const log_record& line) {
  return {&origin,   position,   line.at, line.source, line.proc, line.proc, line.text, to_string(line.kind),
          line.code, line.level, nullptr};
}

/// Calls `visit` with each line of a parsed frame, in the order of the body.
template <class Visit>
void for_each_line(const frame& origin, const parsed_body& records, Visit visit) {
  std::uint32_t position = 0;
  auto request = records.requests.begin();
  auto line = records.lines.begin();
  while (request != records.requests.end() || line != records.lines.end()) {
    const bool is_request =
        line == records.lines.end() ||
        (request != records.requests.end() && std::less{}(request->text.data(), line->text.data()));
    visit(is_request ? view_of(origin, position, *request++) : view_of(origin, position, *line++));
    ++position;
  }
}

} // namespace parseflow::lines
