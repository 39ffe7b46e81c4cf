// PEER LINK: dials the node at one address until it answers, greets it, and then asks for signs of life.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <caf/io/scribe.hpp>

#include "actors/box.hpp"
#include "messages/cluster/interfaces.hpp"
#include "messages/cluster/membership.hpp"
#include "messages/expected.hpp"
#include "messages/settings/endpoint.hpp"

namespace parseflow::actors {

/// The network functions that a link needs; tests bring their own.
struct dialer {
  /// Connects to the peer, which has accepted this node then. Blocks for some seconds at most.
  std::function<expected<caf::io::scribe_ptr>(const endpoint&)> connect;
  /// Speaks CAF's protocol on the connection.
  caf::actor broker;
};

/// Spawn detached: it waits for the network.
class peer_link : public box_state<peer_link_actor> {
public:
  static constexpr const char* box_name = "peer_link";

  static constexpr std::chrono::milliseconds first_backoff{100}, longest_backoff{2000};

  peer_link(self_pointer self, std::string address, hello own, dialer network,
            std::chrono::milliseconds silence, members_actor members);

  behavior_type make_behavior();

private:
  void dial();
  void greet(const caf::strong_actor_ptr& found, const std::set<std::string>& interface);
  void welcome(const node_identity& peer, const peer_gateway_actor& gateway);
  void ask_for_sign();
  void lose(const std::string& why);
  void fail(const std::string& why);
  void tick_after(std::chrono::milliseconds wait);

  std::string address_;
  endpoint target_;
  hello own_;
  dialer network_;
  std::chrono::milliseconds silence_;
  members_actor members_;
  peer_gateway_actor gateway_; // null while the peer is down
  node_identity peer_;
  std::chrono::steady_clock::time_point heard_;
  std::chrono::milliseconds backoff_ = first_backoff;
  std::string last_failure_;
  std::uint64_t tick_ = 0; // the number of the tick that is due
};

} // namespace parseflow::actors
