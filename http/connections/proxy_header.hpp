// The PROXY protocol, versions 1 and 2 (haproxy.org, "The PROXY protocol", 2020): before anything else a proxy
// says from whom a connection comes.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "messages/ip_address.hpp"

namespace parseflow::http {

/// The longest header that is read, with the extensions of version 2.
inline constexpr std::size_t max_proxy_header_bytes = 4096;

/// What the first bytes of a connection are.
struct proxy_header {
  enum class end {
    incomplete, ///< More bytes are needed.
    complete,
    refused, ///< No PROXY header, or a malformed one.
  };
  end now = end::incomplete;
  /// Bytes of the header, if it is complete.
  std::size_t size = 0;
  /// The client; nothing if the connection is the proxy's own, for example its health check, or of a kind
  /// that has no IP address.
  std::optional<ip_address> client;
};

/// Reads the PROXY header at the start of `bytes`.
proxy_header read_proxy_header(std::string_view bytes);

} // namespace parseflow::http
