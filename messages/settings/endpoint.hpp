// A host and a port, as in `cluster.peers`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parseflow {

/// An address on which something listens.
struct endpoint {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const endpoint&) const = default;
};

/// Reads `HOST:PORT` or `[IPV6]:PORT`; nothing for any other text, or port 0.
std::optional<endpoint> endpoint_from(std::string_view text);

/// True if `host` is a name or an address of this machine's loopback: `localhost`, `127.0.0.1`, `::1`;
/// without a port.
bool is_loopback_name(std::string_view host);

} // namespace parseflow
