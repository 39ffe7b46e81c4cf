#include "actors/cluster/members.hpp"

#include <algorithm>
#include <memory>

#include "messages/service_log.hpp"

namespace parseflow::actors {

members::members(self_pointer self, node_identity own, std::chrono::milliseconds silence,
                 const std::vector<std::string>& dialled, const std::vector<std::string>& callers)
    : box_state(self), own_(std::move(own)), silence_(silence) {
  for (const auto& address : dialled)
    by_address_[address] = {.is_dialled = true, .identity = {}, .gateway = {}};
  for (const auto& address : callers)
    by_address_[address] = {.is_dialled = false, .identity = {}, .gateway = {}};
}

members::behavior_type members::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& gone) {
    for (const auto& [address, at] : by_address_)
      if (at.gateway && at.gateway.address() == gone.source)
        return leave(address);
  });
  self_->delayed_send(self_, silence_ / 6, caf::tick_atom_v);
  return {
      [this](const peer_news& news) { take(news); },
      [this](const hello& from) { return take(from); },
      [this](caf::tick_atom) { tick(); },
      [this](leave_atom, const node_identity& who) {
        log(log_level::info, box_name, "a peer is about to stop", {{"node", who.node}});
        leaving_.push_back(who.run);
        publish();
      },
      [this](subscribe_atom, const membership_sink_actor& sink) {
        sinks_.push_back(sink);
        self_->send(sink, state());
      },
      [this](stop_atom) { return say_farewell(); },
  };
}

void members::take(const peer_news& news) {
  if (news.gateway)
    arrive(news.address, by_address_[news.address], news.identity, news.gateway);
  else
    leave(news.address);
}

caf::result<node_identity> members::take(const hello& from) {
  if (from.identity.protocol != cluster_protocol || from.identity.node == own_.node || !from.gateway)
    return own_; // the caller sees from the answer what is wrong
  const auto found = by_address_.find(from.address);
  if (found == by_address_.end())
    return make_error(ec::unknown_peer, "its cluster.peers does not list " + from.address);
  auto& at = found->second;
  if (at.is_dialled) {
    log(log_level::error, box_name,
        "a peer called that this node calls itself: cluster.peers must be the same on all nodes",
        {{"node", from.identity.node}, {"address", from.address}});
    return make_error(ec::unknown_peer, "it calls " + from.address + " itself");
  }
  at.heard = self_->clock().now();
  if (at.gateway && at.identity == from.identity)
    return own_;
  const auto gateway = caf::actor_cast<peer_gateway_actor>(from.gateway);
  self_->monitor(gateway);
  arrive(from.address, at, from.identity, gateway);
  return own_;
}

void members::arrive(const std::string& address, place& at, const node_identity& who,
                     const peer_gateway_actor& gateway) {
  std::erase(leaving_, at.identity.run);
  at.identity = who;
  at.gateway = gateway;
  log(log_level::info, box_name, "a peer has joined",
      {{"node", who.node}, {"address", address}, {"release", who.release}});
  publish();
}

void members::leave(const std::string& address) {
  const auto found = by_address_.find(address);
  if (found == by_address_.end() || !found->second.gateway)
    return;
  auto& at = found->second;
  log(log_level::warn, box_name, "a peer is gone", {{"node", at.identity.node}, {"address", address}});
  std::erase(leaving_, at.identity.run);
  at.gateway = nullptr;
  publish();
}

void members::tick() {
  std::vector<std::string> silent;
  for (const auto& [address, at] : by_address_)
    if (at.gateway && !at.is_dialled && self_->clock().now() - at.heard >= silence_)
      silent.push_back(address);
  for (const auto& address : silent)
    leave(address);
  self_->delayed_send(self_, silence_ / 6, caf::tick_atom_v);
}

membership members::state() const {
  membership result;
  for (const auto& [address, at] : by_address_) {
    const auto& who = at.identity;
    if (!at.gateway) {
      result.absent.push_back(who.node.empty() ? address : who.node);
      continue;
    }
    const auto known = std::find_if(result.live.begin(), result.live.end(),
                                    [&](const peer& p) { return p.identity.node == who.node; });
    if (known == result.live.end())
      result.live.push_back(
          {who, at.gateway, std::find(leaving_.begin(), leaving_.end(), who.run) != leaving_.end()});
    else if (known->identity.run != who.run)
      log(log_level::error, box_name, "two peers have one name: give each its own storage.node",
          {{"node", who.node}, {"address", address}});
  }
  std::sort(result.live.begin(), result.live.end(),
            [](const peer& a, const peer& b) { return a.identity.node < b.identity.node; });
  std::sort(result.absent.begin(), result.absent.end());
  return result;
}

void members::publish() {
  const auto now = state();
  for (const auto& sink : sinks_)
    self_->send(sink, now);
}

caf::result<bool> members::say_farewell() {
  const auto now = state();
  if (now.live.empty())
    return true;
  auto answer = self_->make_response_promise<bool>();
  auto left = std::make_shared<std::size_t>(now.live.size());
  auto one_knows = [answer, left]() mutable {
    if (--*left == 0)
      answer.deliver(true);
  };
  for (const auto& peer : now.live)
    self_->request(peer.gateway, farewell_timeout, leave_atom_v, own_)
        .then([one_knows](bool) mutable { one_knows(); },
              [one_knows](const caf::error&) mutable { one_knows(); });
  return answer;
}

} // namespace parseflow::actors
