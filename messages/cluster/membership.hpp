// Which nodes are in the cluster, as one of them sees it.
#pragma once

#include <string>
#include <vector>

#include "messages/cluster/interfaces.hpp"

namespace parseflow {

/// Another node, which is live.
struct peer {
  node_identity identity;
  peer_gateway_actor gateway;
  /// It has announced that it stops.
  bool is_leaving = false;
};

/// The nodes besides this one.
struct membership {
  /// Sorted by name.
  std::vector<peer> live;
  /// The nodes of `cluster.peers` that are not there: by name if they have been there before, else
  /// by address.
  std::vector<std::string> absent;
};

/// News from a link about the node at its address.
struct peer_news {
  std::string address;
  /// The identity of the node that was last there.
  node_identity identity;
  /// Null if no node is there.
  peer_gateway_actor gateway;
};

} // namespace parseflow
