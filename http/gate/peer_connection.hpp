// One TLS connection to a peer, or to somebody who may become one.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "http/connections/tls_session.hpp"
#include "http/gate/relay.hpp"
#include "messages/file_descriptor.hpp"

namespace parseflow::http {

struct peer_connection {
  using clock = std::chrono::steady_clock;

  peer_connection(file_descriptor to, tls_context context, tls_session::side own)
      : socket(std::move(to)), session(std::move(context), socket.get(), own) {}

  bool is_peer() const { return bytes.has_value(); }
  /// True once the other side has sent anything.
  bool has_heard() const;

  /// Makes it a connection of a peer: from now on bytes are passed on. Returns the end of the socket pair
  /// that the boxes get; none if no descriptors are left.
  file_descriptor begin_relay();

  file_descriptor socket;
  tls_session session;
  /// This end of the pair.
  file_descriptor inside;
  /// Nothing until the handshake is done.
  std::optional<relay> bytes;
  /// It is watched for room in `inside`.
  bool awaits_room = false;
  clock::time_point began = clock::now();
  /// It is closed then: the limit of the handshake, or of delivering what one side sent before it ended.
  clock::time_point until = clock::time_point::max();
};

} // namespace parseflow::http
