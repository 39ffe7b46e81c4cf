// Parsed lines, by kind. Every text is a view into the body they were parsed from: a record lives as long as
// its batch.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace parseflow {

/// What a line that is not a router line is about (heroku-formats section 11). Stored as text: see
/// `to_string`.
enum class line_kind : std::uint8_t {
  text,      ///< A line of the app or the platform that nothing more is known about.
  malformed, ///< Bytes whose header did not parse, or that no frame claims: kept raw.
};

/// The name a kind has in the database and in answers, e.g. `malformed`.
std::string_view to_string(line_kind kind);

/// How bad a line says it is. PRI says nothing about it (heroku-formats 2.3).
enum class severity : std::uint8_t { none, debug, info, warning, error, fatal };

/// The name a severity has in the database and in answers; empty for `none`.
std::string_view to_string(severity level);

/// A router line: one request that Heroku's router answered or gave up on (heroku-formats section 4).
struct request_record {
  /// `status`, `connect_ms`, `service_ms` and `bytes` of a line that leaves the value empty: unknown, not
  /// zero.
  static constexpr std::int64_t unknown = -1;

  timestamp at{};
  std::string_view method;
  /// The raw request target with its query, as between the quotes: `\"` is still escaped.
  std::string_view path;
  std::string_view host;
  std::string_view request_id;
  /// X-Forwarded-For as received plus the peer; the last entry is the peer. May be empty.
  std::string_view fwd;
  /// `web.1`; empty when no dyno was reached.
  std::string_view dyno;
  /// `H12`; empty for a plain request.
  std::string_view code;
  std::string_view protocol;
  std::string_view tls_version;
  /// The whole text of the line, for what has no field of its own.
  std::string_view text;
  /// Milliseconds to connect to the dyno, or `unknown`.
  std::int64_t connect_ms = unknown;
  /// Milliseconds of proxying, or `unknown`. Hours for a websocket.
  std::int64_t service_ms = unknown;
  /// Bytes from dyno to client, or `unknown`.
  std::int64_t bytes = unknown;
  /// HTTP status, or `unknown`.
  std::int64_t status = unknown;
  /// The severity that `at=` names: info, warning or error; `none` when missing.
  severity level = severity::none;
  /// True if `text` holds keys that have no field above (`sock`, `desc`, `cause`, `agent`, `tls`, unknown
  /// ones).
  bool has_extra = false;
};

/// Any other line: stored once, as it is.
struct log_record {
  /// From the header; the time of receipt for a malformed line.
  timestamp at{};
  /// APP-NAME: `app` or `heroku`; empty for a malformed line.
  std::string_view source;
  /// PROCID: `web.1`, `heroku-postgres`, …; empty for a malformed line.
  std::string_view proc;
  /// The message without its counted line feed. May hold any byte.
  std::string_view text;
  line_kind kind = line_kind::text;
  severity level = severity::none;
};

/// What the framing of one body looked like (heroku-formats 2.5).
struct framing_report {
  /// Lines kept, malformed ones included.
  std::uint32_t lines = 0;
  /// Malformed records among them.
  std::uint32_t malformed = 0;
  /// True if the sender announced another number of lines than were found.
  bool count_mismatch = false;
};

/// All that one body held: every byte of it is in exactly one record.
struct parsed_body {
  std::vector<request_record> requests;
  std::vector<log_record> lines;
  framing_report framing;
};

} // namespace parseflow
