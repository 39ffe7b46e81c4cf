// The content of generated lines, kept beside their bytes: a test knows from it what a receiver must
// have read.
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
  /// The name that the request is counted under: `path` without its query, and with ids replaced by `:id`.
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
  /// All other fields of the line, such as `desc`, `sock` and `tls`.
  std::map<std::string, std::string> extra;
};

/// A line that is not a router line.
struct line_facts {
  timestamp at{};
  /// APP-NAME.
  std::string source;
  /// PROCID.
  std::string proc;
  /// The value of the database's column `kind`.
  std::string kind;
  /// The value of the database's column `severity`; empty if the line does not state one.
  std::string severity;
  /// Without the line feed.
  std::string text;
};

/// One body of `POST /logdrains`, and its content.
struct body {
  /// 32 upper-case hex digits.
  std::string frame_id;
  /// Octet-counted lines.
  std::string bytes;
  std::vector<request_facts> requests;
  std::vector<line_facts> lines;
  /// How many lines an L10 notice in this body reports as lost.
  std::uint64_t lost = 0;

  /// The number of all lines, as in `Logplex-Msg-Count`.
  std::size_t line_count() const { return requests.size() + lines.size(); }
};

} // namespace parseflow::traffic
