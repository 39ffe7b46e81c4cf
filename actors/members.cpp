// Who is there, from the news of all links.
#include "actors/members.hpp"

#include <algorithm>
#include <memory>

#include "messages/service_log.hpp"

namespace parseflow {

members::members(caf::actor_config& config, node_identity own, const std::vector<std::string>& addresses)
    : super(config), own_(std::move(own)) {
  for (const auto& address : addresses)
    by_address_[address].address = address;
}

members::behavior_type members::make_behavior() {
  return {
      [this](const peer_news& news) { take(news); },
      [this](leave_atom, const node_identity& who) {
        log(log_level::info, name(), "a peer is about to stop", {{"node", who.node}});
        leaving_.push_back(who.run);
        publish();
      },
      [this](attach_atom, const membership_sink_actor& sink) {
        sinks_.push_back(sink);
        send(sink, state());
      },
      [this](stop_atom) { return say_farewell(); },
  };
}

void members::on_exit() {
  by_address_.clear();
  sinks_.clear();
}

void members::take(const peer_news& news) {
  if (news.now == peer_news::state::own) {
    by_address_.erase(news.address);
  } else {
    if (news.now == peer_news::state::up)
      log(log_level::info, name(), "a peer is there",
          {{"node", news.identity.node}, {"address", news.address}, {"release", news.identity.release}});
    else
      std::erase(leaving_, news.identity.run);
    by_address_[news.address] = news;
  }
  publish();
}

membership members::state() const {
  membership result;
  for (const auto& [address, news] : by_address_) {
    if (news.now != peer_news::state::up) {
      result.absent.push_back(news.identity.node.empty() ? address : news.identity.node);
      continue;
    }
    const auto& who = news.identity;
    const auto known = std::find_if(result.live.begin(), result.live.end(),
                                    [&](const peer& p) { return p.identity.node == who.node; });
    if (known == result.live.end())
      result.live.push_back(
          {who, news.door, std::find(leaving_.begin(), leaving_.end(), who.run) != leaving_.end()});
    else if (known->identity.run != who.run)
      log(log_level::error, name(), "two peers have one name: give each its own storage.node",
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
    send(sink, now);
}

caf::result<bool> members::say_farewell() {
  const auto now = state();
  if (now.live.empty())
    return true;
  auto answer = make_response_promise<bool>();
  auto left = std::make_shared<std::size_t>(now.live.size());
  auto one_knows = [answer, left]() mutable {
    if (--*left == 0)
      answer.deliver(true);
  };
  for (const auto& peer : now.live)
    request(peer.door, farewell_patience, leave_atom_v, own_)
        .then([one_knows](bool) mutable { one_knows(); },
              [one_knows](const caf::error&) mutable { one_knows(); });
  return answer;
}

} // namespace parseflow
