// The header of one syslog message as Heroku writes it, and the form of `heroku logs` → fields and text.
//
//   MSG  = "<" PRI ">1" SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID [SP [SD SP] TEXT]
//   <190>1 2026-03-02T14:07:31.118204+00:00 host app web.1 - cache warmed in 41ms
//
//   SHOWN = TIMESTAMP SP APP-NAME "[" PROCID "]:" [SP TEXT]
//   2026-03-02T14:07:31.118204+00:00 app[web.1]: cache warmed in 41ms
#pragma once

#include <string_view>

#include "messages/frame.hpp"
#include "messages/logplex/timestamp_text.hpp"

namespace parseflow::logplex {

/// The fields of a line that are kept. The others (PRI, HOSTNAME, MSGID) are dropped.
struct header {
  timestamp at{};
  std::string_view source;
  std::string_view proc;
  std::string_view text;
};

/// Reads headers of one body.
class header_reader {
public:
  /// A timestamp that is written as nil (`-`) becomes `received_at`.
  header_reader(structured_data mode, timestamp received_at) : mode_(mode), received_at_(received_at) {}

  /// Reads a line without its line feed. False if it has no such header; `out` is then undefined.
  bool read_line(std::string_view line, header& out);

  /// Reads a line of `heroku logs`. False if it is none; `out` is then undefined.
  bool read_shown(std::string_view line, header& out);

  /// Where the next line of `heroku logs` begins in `text`, at or after `from`; `npos` if none does.
  std::size_t find_shown(std::string_view text, std::size_t from);

private:
  bool read_unusual_line(std::string_view line, header& out);

  structured_data mode_;
  timestamp received_at_;
  timestamp_reader timestamps_;
};

} // namespace parseflow::logplex
