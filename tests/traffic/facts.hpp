// What generated lines say, kept beside their bytes: so that a test can tell what a receiver must have read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace parseflow::traffic {

/// A number that a router line leaves empty.
inline constexpr std::int64_t unknown = -1;

/// One router line. Empty texts and `unknown` numbers are empty or missing in the line.
struct request_facts {
  timestamp at{};
  /// `info`, `warning` or `error`.
  std::string level = "info";
  /// `H12`, …; empty for a plain request.
  std::string code;
  std::string method;
  /// The request target as the client sent it: quotes are not escaped here.
  std::string path;
  /// The name it is counted under: `path` without query, ids replaced by `:id`.
  std::string endpoint;
  std::string host;
  std::string request_id;
  std::string fwd;
  std::string dyno;
  std::string protocol;
  std::string tls_version;
  std::int64_t connect_ms = unknown;
  std::int64_t service_ms = unknown;
  std::int64_t status = unknown;
  std::int64_t bytes = unknown;
  /// Everything else the line says, e.g. `desc`, `sock`, `tls`.
  std::map<std::string, std::string> extra;
};

/// Any other line.
struct line_facts {
  timestamp at{};
  /// APP-NAME.
  std::string source;
  /// PROCID.
  std::string proc;
  /// As the column `kind` of the database names it.
  std::string kind;
  /// Likewise; empty if the line does not say how bad it is.
  std::string severity;
  /// Without the line feed.
  std::string text;
};

/// One body of `POST /logdrains`, and what is in it.
struct body {
  /// 32 upper-case hex digits.
  std::string frame_id;
  /// Octet-counted lines.
  std::string bytes;
  std::vector<request_facts> requests;
  std::vector<line_facts> lines;
  /// Lines that an L10 notice in this body calls lost.
  std::uint64_t lost = 0;

  /// All lines: what `Logplex-Msg-Count` says.
  std::size_t line_count() const { return requests.size() + lines.size(); }
};

} // namespace parseflow::traffic
