// Opening the socket that a server listens on.
#pragma once

#include <cstdint>
#include <string>

#include "http/file_descriptor.hpp"

namespace parseflow::http {

/// A listening, non-blocking socket; or, if `problem` is not empty, a sentence that says why there is none.
struct listen_socket {
  file_descriptor socket;
  /// Where it listens.
  std::uint16_t port = 0;
  std::string problem;
};

/// Listens on `host`, an address or a name. A `port` of 0 lets the system pick one.
listen_socket open_listen_socket(const std::string& host, std::uint16_t port);

} // namespace parseflow::http
