#include "actors/cluster/members.hpp"

#include <algorithm>
#include <memory>

#include "messages/service_log.hpp"

namespace parseflow {

members::members(self_pointer self, node_identity own, std::chrono::milliseconds silence,
                 const std::vector<std::string>& dialled, const std::vector<std::string>& callers)
    : box_state(self), own_(std::move(own)), silence_(silence) {
  for (const auto& address : dialled)
    by_address_[address] = {.is_configured = true, .is_dialled = true, .identity = {}, .door = {}};
  for (const auto& address : callers)
    by_address_[address] = {.is_configured = true, .is_dialled = false, .identity = {}, .door = {}};
}

members::behavior_type members::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& gone) {
    for (const auto& [address, at] : by_address_)
      if (at.door && at.door.address() == gone.source)
        return leave(address);
  });
  self_->delayed_send(self_, silence_ / 6, caf::tick_atom_v);
  return {
      [this](const peer_news& news) { take(news); },
      [this](const call& from) { take(from); },
      [this](caf::tick_atom) { tick(); },
      [this](leave_atom, const node_identity& who) {
        log(log_level::info, box_name, "a peer is about to stop", {{"node", who.node}});
        leaving_.push_back(who.run);
        publish();
      },
      [this](attach_atom, const membership_sink_actor& sink) {
        sinks_.push_back(sink);
        self_->send(sink, state());
      },
      [this](stop_atom) { return say_farewell(); },
  };
}

void members::take(const peer_news& news) {
  if (news.door)
    arrive(news.address, by_address_[news.address], news.identity, news.door);
  else
    leave(news.address);
}

void members::take(const call& from) {
  if (from.identity.protocol != cluster_protocol || from.identity.node == own_.node || !from.door)
    return; // the caller sees from the answer what is wrong
  auto& at = by_address_[from.address];
  if (at.is_dialled) {
    log(log_level::error, box_name,
        "a peer called that this node calls itself: cluster.peers must be the same on all nodes",
        {{"node", from.identity.node}, {"address", from.address}});
    return;
  }
  at.heard = self_->clock().now();
  if (at.door && at.identity == from.identity)
    return;
  const auto door = caf::actor_cast<door_actor>(from.door);
  self_->monitor(door);
  arrive(from.address, at, from.identity, door);
}

void members::arrive(const std::string& address, place& at, const node_identity& who,
                     const door_actor& door) {
  std::erase(leaving_, at.identity.run);
  at.identity = who;
  at.door = door;
  log(log_level::info, box_name, "a peer has joined",
      {{"node", who.node}, {"address", address}, {"release", who.release}});
  publish();
}

void members::leave(const std::string& address) {
  const auto found = by_address_.find(address);
  if (found == by_address_.end() || !found->second.door)
    return;
  auto& at = found->second;
  log(log_level::warn, box_name, "a peer is gone", {{"node", at.identity.node}, {"address", address}});
  std::erase(leaving_, at.identity.run);
  at.door = nullptr;
  if (!at.is_configured)
    by_address_.erase(found);
  publish();
}

void members::tick() {
  std::vector<std::string> silent;
  for (const auto& [address, at] : by_address_)
    if (at.door && !at.is_dialled && self_->clock().now() - at.heard >= silence_)
      silent.push_back(address);
  for (const auto& address : silent)
    leave(address);
  self_->delayed_send(self_, silence_ / 6, caf::tick_atom_v);
}

membership members::state() const {
  membership result;
  for (const auto& [address, at] : by_address_) {
    const auto& who = at.identity;
    if (!at.door) {
      result.absent.push_back(who.node.empty() ? address : who.node);
      continue;
    }
    const auto known = std::find_if(result.live.begin(), result.live.end(),
                                    [&](const peer& p) { return p.identity.node == who.node; });
    if (known == result.live.end())
      result.live.push_back(
          {who, at.door, std::find(leaving_.begin(), leaving_.end(), who.run) != leaving_.end()});
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
    self_->request(peer.door, farewell_patience, leave_atom_v, own_)
        .then([one_knows](bool) mutable { one_knows(); },
              [one_knows](const caf::error&) mutable { one_knows(); });
  return answer;
}

} // namespace parseflow
