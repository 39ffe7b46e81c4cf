// Who is in the cluster, as one node sees it.
#pragma once

#include <string>
#include <vector>

#include "messages/cluster/interfaces.hpp"

namespace parseflow {

/// Another node that is there.
struct peer {
  node_identity identity;
  door_actor door;
  /// It said that it stops.
  bool is_leaving = false;
};

/// Who is there besides this node.
struct membership {
  /// By name.
  std::vector<peer> live;
  /// The nodes of `cluster.peers` that are not there: by name if they ever were, else by address.
  std::vector<std::string> absent;
};

/// What a link knows about the node at its address.
struct peer_news {
  std::string address;
  /// Of the node that was last there.
  node_identity identity;
  /// Null if nobody is there.
  door_actor door;
};

} // namespace parseflow
