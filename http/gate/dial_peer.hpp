// Connects to a peer and has it accept this node.
#pragma once

#include <chrono>
#include <memory>

#include "http/gate/peer_connection.hpp"
#include "messages/expected.hpp"
#include "messages/settings/endpoint.hpp"

namespace parseflow::http {

/// Returns when the peer has accepted this node's certificate, which it shows by its first byte. Blocks for
/// a second for each address of the host, and then up to `limit`. Fails soon when `stop` is readable.
expected<std::unique_ptr<peer_connection>> dial_peer(const endpoint& peer, tls_context context, int stop,
                                                     std::chrono::milliseconds limit);

} // namespace parseflow::http
