// What the HTTP server counts about its clients.
#pragma once

#include <cstdint>

#include "http/connections/connection_limits.hpp"

namespace parseflow::http {

/// Numbers of this node's HTTP server.
struct front_counts {
  connection_counts connections;
  /// Drain requests with wrong or missing credentials, since the start.
  std::uint64_t wrong_drain_credentials = 0;
  /// Wrong API keys, in headers and at the page's sign-in, since the start.
  std::uint64_t wrong_api_keys = 0;
};

} // namespace parseflow::http
