// The network between the nodes of a cluster, as the boxes see it: who is on the other side of a connection
// is known when they get it.
#pragma once

#include <cstdint>
#include <functional>

#include "messages/expected.hpp"
#include "messages/file_descriptor.hpp"
#include "messages/settings/endpoint.hpp"

namespace parseflow {

/// Connections to the cluster's port that were closed, since the start.
struct refused_callers {
  /// There were too many of them, or no more descriptors.
  std::uint64_t by_limit = 0;
  /// They did not show a certificate of the cluster's authority, or not in time.
  std::uint64_t by_handshake = 0;
  /// Their certificate is of the cluster's authority, and names no host of `cluster.peers`.
  std::uint64_t unlisted = 0;
};

/// Authenticates the peers that call this node and those that it dials. What it hands out is one end of a
/// socket pair of this process, on which both sides speak in plain; back-pressure passes through. Any thread
/// may call.
class cluster_gate {
public:
  using caller_taker = std::function<void(file_descriptor)>;

  virtual ~cluster_gate() = default;

  /// Begins to listen on `cluster.listen`. Call once.
  /// @param take Gets each peer that calls, on a thread of the gate: it must not wait.
  virtual expected<> open(caller_taker take) = 0;

  /// Connects to a peer, which has accepted this node when the call returns. Blocks for some seconds at
  /// most.
  virtual expected<file_descriptor> dial(const endpoint& peer) = 0;

  /// Calls of `dial` in progress, and later ones, fail soon.
  virtual void stop_dialling() = 0;

  /// Refuses callers, and ends all connections. No caller is handed out once it has returned.
  virtual void close() = 0;

  virtual refused_callers refused() const = 0;
};

} // namespace parseflow
