// MEMBERS: maintains the list of live and absent peers, from the links' news and from peers that call.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "actors/box.hpp"
#include "messages/cluster/interfaces.hpp"
#include "messages/cluster/membership.hpp"

namespace parseflow::actors {

/// In each pair of nodes one dials the other: `cluster.cpp` says which. Links watch the peers that this node
/// dials; this box watches the callers. Spawn cooperatively.
class members : public box_state<members_actor> {
public:
  static constexpr const char* box_name = "members";

  /// How long a peer may take to confirm that this node stops.
  static constexpr std::chrono::milliseconds farewell_timeout{500};

  /// @param dialled Addresses that have a link.
  /// @param callers Addresses of the peers that call this node.
  members(self_pointer self, node_identity own, std::chrono::milliseconds silence,
          const std::vector<std::string>& dialled, const std::vector<std::string>& callers);

  behavior_type make_behavior();

private:
  struct place {
    bool is_dialled = false;
    node_identity identity;                        // of the current or the last node there
    peer_gateway_actor gateway;                    // null while the node is absent
    std::chrono::steady_clock::time_point heard{}; // last call of a caller
  };

  void take(const peer_news& news);
  caf::result<node_identity> take(const hello& from);
  void arrive(const std::string& address, place& at, const node_identity& who,
              const peer_gateway_actor& gateway);
  void leave(const std::string& address);
  void tick();
  membership state() const;
  void publish();
  caf::result<bool> say_farewell();

  node_identity own_;
  std::chrono::milliseconds silence_;
  std::map<std::string, place> by_address_;
  std::vector<std::uint64_t> leaving_; // by their `run`
  std::vector<membership_sink_actor> sinks_;
};

} // namespace parseflow::actors
