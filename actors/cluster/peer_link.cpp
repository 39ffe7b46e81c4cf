#include "actors/cluster/peer_link.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "messages/service_log.hpp"

namespace parseflow::actors {

peer_link::peer_link(self_pointer self, std::string address, hello own, dialer network,
                     std::chrono::milliseconds silence, members_actor members)
    : box_state(self), address_(std::move(address)), target_(endpoint_from(address_).value_or(endpoint{})),
      own_(std::move(own)), network_(std::move(network)), silence_(silence), members_(std::move(members)) {}

peer_link::behavior_type peer_link::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& gone) {
    if (gateway_ && gone.source == gateway_.address())
      lose("the connection to it is gone");
  });
  self_->send(self_, caf::tick_atom_v, tick_);
  return {
      [this](caf::tick_atom, std::uint64_t number) {
        if (number != tick_)
          return;
        if (gateway_)
          ask_for_sign();
        else
          dial();
      },
  };
}

void peer_link::dial() {
  auto connection = network_.connect(target_);
  if (!connection)
    return fail(connection.error().sentence);
  self_->request(network_.broker, silence_ / 2, caf::connect_atom_v, *std::move(connection), target_.port)
      .then([this](const caf::node_id&, const caf::strong_actor_ptr& found,
                   const std::set<std::string>& interface) { greet(found, interface); },
            [this](const caf::error& problem) { fail(self_->home_system().render(problem)); });
}

void peer_link::greet(const caf::strong_actor_ptr& found, const std::set<std::string>& interface) {
  if (!found || !self_->home_system().assignable<peer_gateway_actor>(interface))
    return fail(fmt::format("it speaks another protocol than this node, whose is {}: update the older one",
                            cluster_protocol));
  const auto gateway = caf::actor_cast<peer_gateway_actor>(found);
  self_->request(gateway, silence_ / 2, own_)
      .then([this, gateway](const node_identity& peer) { welcome(peer, gateway); },
            [this](const caf::error& problem) { fail(self_->home_system().render(problem)); });
}

void peer_link::welcome(const node_identity& peer, const peer_gateway_actor& gateway) {
  if (peer.protocol != cluster_protocol)
    return fail(fmt::format("it is {} and speaks protocol {}, this node {}: update the older one",
                            peer.release, peer.protocol, cluster_protocol));
  if (peer.node == own_.identity.node)
    return fail(fmt::format("it is named {} as this node is: give each its own storage.node", peer.node));
  gateway_ = gateway;
  peer_ = peer;
  heard_ = self_->clock().now();
  backoff_ = first_backoff;
  last_failure_.clear();
  self_->monitor(gateway_);
  self_->send(members_, peer_news{address_, peer_, gateway_});
  tick_after(silence_ / 4);
}

void peer_link::ask_for_sign() {
  if (self_->clock().now() - heard_ >= silence_)
    return lose("it is silent");
  self_->request(gateway_, silence_, own_)
      .then(
          [this, gateway = gateway_](const node_identity&) {
            if (gateway == gateway_)
              heard_ = self_->clock().now();
          },
          [](const caf::error&) {});
  tick_after(silence_ / 4);
}

void peer_link::lose(const std::string& why) {
  self_->demonitor(gateway_.address());
  gateway_ = nullptr;
  self_->send(members_, peer_news{address_, peer_, {}});
  fail(why);
}

// Each reason is logged once, not at every attempt.
void peer_link::fail(const std::string& why) {
  if (std::exchange(last_failure_, why) != why)
    log(log_level::warn, box_name, "a peer cannot be reached; this node tries again",
        {{"address", address_}, {"node", peer_.node}, {"problem", why}});
  tick_after(backoff_);
  backoff_ = std::min(backoff_ * 2, longest_backoff);
}

void peer_link::tick_after(std::chrono::milliseconds wait) {
  self_->delayed_send(self_, wait, caf::tick_atom_v, ++tick_);
}

} // namespace parseflow::actors
