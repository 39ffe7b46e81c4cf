// MEMBERS: puts together what the links know.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/cluster_interfaces.hpp"

namespace parseflow {

/// Spawn cooperatively.
class members : public members_actor::base {
public:
  using super = members_actor::base;

  /// How long a peer may take to learn that this node stops.
  static constexpr std::chrono::milliseconds farewell_patience{500};

  /// @param addresses Of all links.
  members(caf::actor_config& config, node_identity own, const std::vector<std::string>& addresses);

  const char* name() const override { return "members"; }
  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  void take(const peer_news& news);
  membership state() const;
  void publish();
  caf::result<bool> say_farewell();

  node_identity own_;
  std::map<std::string, peer_news> by_address_;
  std::vector<std::uint64_t> leaving_; // runs
  std::vector<membership_sink_actor> sinks_;
};

} // namespace parseflow
