// Tries one node after the other until one has made the frame durable.
#include "actors/cluster/forwarder.hpp"

#include <algorithm>

#include "messages/cluster/rendezvous.hpp"

namespace parseflow::actors {

namespace {

constexpr std::chrono::milliseconds forward_interval{100};
// A peer without room will have none in the next moment, so frames are not sent there only to be refused.
constexpr std::chrono::milliseconds full_backoff{500};
// Two peers may time out, and this node still has as long.
constexpr int attempts = 3;

} // namespace

forwarder::forwarder(self_pointer self, const std::string& node, entry_actor own,
                     std::chrono::milliseconds hold, const cluster_settings& cluster,
                     std::function<refused_callers()> refused)
    : box_state(self), own_(std::move(own)), own_seed_(rendezvous_seed(node)), hold_(hold),
      attempt_(hold / attempts), suspicion_(cluster.peer_timeout), budget_(cluster.forward_budget_bytes),
      refused_(std::move(refused)) {}

forwarder::behavior_type forwarder::make_behavior() {
  self_->delayed_send(self_, forward_interval, caf::tick_atom_v);
  return {
      [this](submissions& arrivals) {
        for (auto& one : arrivals.all)
          take(std::move(one));
        send_to_own();
      },
      [this](const membership& now) { take(now); },
      [this](status_atom) {
        auto status = counters_;
        status.waiting = frames_.size();
        status.refused = refused_();
        return status;
      },
      [this](caf::tick_atom) { tick(); },
  };
}

void forwarder::take(submission arrival) {
  const auto now = self_->clock().now();
  frame_under_way frame{std::move(arrival), {}, UINT64_MAX, now, now, nullptr};
  // This node made up the id of such a frame, so no client can send it again: it needs no owner.
  if (!has_made_up_id(frame.arrival.content->key)) {
    frame.digest = digest_of(frame.arrival.content->key);
    if (const auto owner = next_owner(frame)) {
      const auto number = ++last_number_;
      frames_.emplace(number, std::move(frame));
      return try_at(number, owner);
    }
  }
  for_own_.all.push_back(std::move(frame.arrival));
}

void forwarder::send_to_own() {
  if (!for_own_.all.empty())
    self_->send(own_, std::exchange(for_own_, {}));
}

// The next peer in the order of scores; null for this node. Updates `last_score`.
forwarder::target_ptr forwarder::next_owner(frame_under_way& frame) {
  const auto now = self_->clock().now();
  auto best_score = rendezvous_score(frame.digest, own_seed_);
  target_ptr best;
  for (const auto& peer : peers_) {
    if (peer->is_leaving || peer->suspect_until > now)
      continue;
    const auto score = rendezvous_score(frame.digest, peer->seed);
    if (score > best_score && score < frame.last_score) {
      best = peer;
      best_score = score;
    }
  }
  frame.last_score = best_score;
  return best;
}

// The node that had the frame did not take it: tries the next one.
void forwarder::place(std::uint64_t number) {
  const auto found = frames_.find(number);
  auto& frame = found->second;
  ++counters_.failed_over;
  // Time for one more peer, and half an attempt here.
  const auto has_time = self_->clock().now() - frame.arrived + attempt_ + attempt_ / 2 <= hold_;
  if (const auto owner = has_time ? next_owner(frame) : nullptr)
    return try_at(number, owner);
  for_own_.all.push_back(std::move(frame.arrival));
  send_to_own();
  frames_.erase(found);
}

void forwarder::try_at(std::uint64_t number, const target_ptr& peer) {
  auto& frame = frames_.at(number);
  frame.at = peer;
  frame.tried = self_->clock().now();
  const auto bytes = frame.arrival.content->body.size();
  if (peer->bytes > 0 && peer->bytes + bytes > budget_) // one frame always has room
    peer->waiting.push_back(number);
  else
    send_to(number, peer);
}

void forwarder::send_to(std::uint64_t number, const target_ptr& peer) {
  const auto& frame = frames_.at(number);
  const auto bytes = frame.arrival.content->body.size();
  peer->bytes += bytes;
  self_->request(peer->gateway, attempt_, over_wire<parseflow::frame>{frame.arrival.content})
      .then(
          [this, number, peer, bytes](verdict given) {
            release(peer, bytes);
            on_verdict(number, peer, given);
          },
          [this, number, peer, bytes](const caf::error&) {
            release(peer, bytes);
            avoid(number, peer, suspicion_);
          });
}

void forwarder::on_verdict(std::uint64_t number, const target_ptr& peer, verdict given) {
  const auto found = frames_.find(number);
  if (found == frames_.end() || found->second.at != peer)
    return; // it has gone elsewhere
  auto& frame = found->second;
  switch (given) {
  case verdict::stored:
  case verdict::duplicate:
    ++counters_.frames;
    counters_.bytes += frame.arrival.content->body.size();
    counters_.took.add(std::chrono::floor<std::chrono::microseconds>(self_->clock().now() - frame.tried));
    settled_.give(frame.arrival.answer, given);
    settled_.send_from(self_);
    frames_.erase(found);
    return;
  case verdict::stopping:
    peer->is_leaving = true;
    return place(number);
  case verdict::overloaded:
    return avoid(number, peer, full_backoff);
  }
}

// The peer did not take the frame: no other frame is sent there for `how_long`.
void forwarder::avoid(std::uint64_t number, const target_ptr& peer, std::chrono::milliseconds how_long) {
  peer->suspect_until = std::max(peer->suspect_until, self_->clock().now() + how_long);
  if (const auto found = frames_.find(number); found != frames_.end() && found->second.at == peer)
    place(number);
}

void forwarder::release(const target_ptr& peer, std::uint64_t bytes) {
  peer->bytes -= bytes;
  while (!peer->waiting.empty()) {
    const auto number = peer->waiting.front();
    const auto found = frames_.find(number);
    if (found == frames_.end() || found->second.at != peer) { // it has gone elsewhere
      peer->waiting.pop_front();
      continue;
    }
    if (peer->bytes > 0 && peer->bytes + found->second.arrival.content->body.size() > budget_)
      return;
    peer->waiting.pop_front();
    send_to(number, peer);
  }
}

void forwarder::take(const membership& now) {
  std::vector<target_ptr> peers;
  for (const auto& live : now.live) {
    const auto known = std::find_if(peers_.begin(), peers_.end(),
                                    [&](const target_ptr& p) { return p->gateway == live.gateway; });
    peers.push_back(known != peers_.end() ? *known : std::make_shared<target>());
    auto& peer = *peers.back();
    peer.identity = live.identity;
    peer.gateway = live.gateway;
    peer.seed = rendezvous_seed(live.identity.node);
    peer.is_leaving = peer.is_leaving || live.is_leaving;
  }
  for (const auto& before : std::exchange(peers_, peers))
    before->is_gone = std::find(peers.begin(), peers.end(), before) == peers.end();
  // A peer that is gone does not answer.
  std::vector<std::uint64_t> orphans;
  for (const auto& [number, frame] : frames_)
    if (frame.at->is_gone)
      orphans.push_back(number);
  for (const auto number : orphans)
    place(number);
}

void forwarder::tick() {
  const auto now = self_->clock().now();
  std::vector<std::uint64_t> late;
  for (const auto& peer : peers_)
    for (const auto number : peer->waiting)
      if (const auto found = frames_.find(number);
          found != frames_.end() && found->second.at == peer && now - found->second.tried >= attempt_)
        late.push_back(number);
  for (const auto number : late)
    place(number);
  self_->delayed_send(self_, forward_interval, caf::tick_atom_v);
}

} // namespace parseflow::actors
