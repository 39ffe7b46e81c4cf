// FORWARDER: the entry of a node in a cluster. Sends each frame to the live node that owns it, so that a
// retry meets the same journal whichever node takes the request.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "actors/box.hpp"
#include "messages/cluster/interfaces.hpp"
#include "messages/cluster/membership.hpp"
#include "messages/frame_digest.hpp"
#include "messages/latency.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Spawn cooperatively.
class forwarder : public box_state<forwarder_actor> {
public:
  static constexpr const char* box_name = "forwarder";

  /// @param node This node's name.
  /// @param own Takes the frames that belong to this node, and those that no peer takes.
  /// @param hold Same as RECEIVER's: all attempts together end within it.
  /// @param refused Asked for the status; any thread may call it.
  forwarder(self_pointer self, const std::string& node, entry_actor own, std::chrono::milliseconds hold,
            const cluster_settings& cluster, std::function<refused_callers()> refused);

  behavior_type make_behavior();

private:
  using time = std::chrono::steady_clock::time_point;

  // One run of a peer.
  struct target {
    node_identity identity;
    peer_gateway_actor gateway;
    std::uint64_t seed = 0;
    bool is_leaving = false;
    bool is_gone = false;
    time suspect_until{};              // it had no room or did not answer in time
    std::uint64_t bytes = 0;           // on the way to it
    std::deque<std::uint64_t> waiting; // frames that wait for the budget
  };
  using target_ptr = std::shared_ptr<target>;

  struct frame_under_way {
    submission arrival;
    frame_digest digest;
    std::uint64_t last_score = UINT64_MAX; // score of the node that was tried last
    time arrived{}, tried{};
    target_ptr at;
  };

  void take(submission arrival);
  void send_to_own();
  void place(std::uint64_t number);
  target_ptr next_owner(frame_under_way& frame);
  void try_at(std::uint64_t number, const target_ptr& peer);
  void send_to(std::uint64_t number, const target_ptr& peer);
  void on_verdict(std::uint64_t number, const target_ptr& peer, verdict given);
  void avoid(std::uint64_t number, const target_ptr& peer, std::chrono::milliseconds how_long);
  void release(const target_ptr& peer, std::uint64_t bytes);
  void take(const membership& now);
  void tick();

  entry_actor own_;
  std::uint64_t own_seed_;
  std::chrono::milliseconds hold_, attempt_;
  std::chrono::milliseconds suspicion_;
  std::uint64_t budget_;
  std::vector<target_ptr> peers_;
  std::unordered_map<std::uint64_t, frame_under_way> frames_; // sent to peers, or waiting for them
  std::uint64_t last_number_ = 0;
  submissions for_own_; // of the current message
  settled_verdicts settled_;
  forwarding_status counters_;
  std::function<refused_callers()> refused_;
};

} // namespace parseflow::actors
