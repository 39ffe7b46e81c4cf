// One body → its records: the whole parser in one function.
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/frame.hpp"
#include "messages/parsed_body.hpp"

namespace parseflow::logplex {

/// The facts about a body that the parser needs besides its bytes.
struct body_context {
  structured_data mode = structured_data::absent;
  /// `Logplex-Msg-Count`, or `frame::no_count`.
  std::uint32_t announced_lines = frame::no_count;
  /// The time that a line gets if its timestamp is missing, before the year 2000, or more than a day after
  /// this time.
  timestamp received_at{};
};

/// Parses a body in any of the accepted forms: octet-counted frames (heroku-formats section 2), syslog lines
/// without counts, or what `heroku logs` prints. Never fails: damage is salvaged and kept as malformed lines.
/// Kinds are tried in the order of heroku-formats section 11: only a line of `heroku` or its add-ons can be a
/// platform line. The records point into `body`. Time is linear in the body, whatever it holds; only the
/// vectors of records are allocated.
parsed_body parse(std::string_view body, const body_context& context);

/// The same bytes as one malformed line: for a body that must be kept although it cannot be parsed.
parsed_body keep_raw(std::string_view body, const body_context& context);

} // namespace parseflow::logplex
