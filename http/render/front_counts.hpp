// What is counted about the clients of the HTTP server.
#pragma once

#include <cstdint>

#include "http/connections/connection_limits.hpp"
#include "messages/status.hpp"

namespace parseflow::http {

/// Numbers of this node's HTTP server.
struct front_counts {
  connection_counts connections;
  /// Drain requests with wrong or missing credentials, since the start.
  std::uint64_t wrong_drain_credentials = 0;
  /// Wrong API keys, in headers and at the page's sign-in, since the start.
  std::uint64_t wrong_api_keys = 0;
  /// Who follows lines.
  tail_status tails;
};

} // namespace parseflow::http
