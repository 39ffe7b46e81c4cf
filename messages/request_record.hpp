// A parsed router line. Every text is a view into the body it was parsed from.
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/severity.hpp"
#include "messages/time.hpp"

namespace parseflow {

/// A router line: one request that Heroku's router answered or gave up on (heroku-formats section 4).
struct request_record {
  /// `status`, `connect_ms`, `service_ms` and `bytes` of a line that leaves the value empty: unknown,
  /// not zero.
  static constexpr std::int64_t unknown = -1;

  timestamp at{};
  std::string_view method;
  /// The raw request target with its query, exactly as it stands between the quotes: `\"` stays escaped.
  std::string_view path;
  std::string_view host;
  std::string_view request_id;
  /// X-Forwarded-For as received, with the peer added as its last entry. May be empty.
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
  /// True if `text` holds keys that have no field above (`sock`, `desc`, `cause`, `agent`, `tls`,
  /// unknown ones).
  bool has_extra = false;
};

} // namespace parseflow
