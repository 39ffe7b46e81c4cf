// (alerts raised or resolved, what other nodes announced) → which alerts to announce, and to whom. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "messages/alert.hpp"

namespace parseflow::alerts {

/// The recipients of an alert.
enum class audience : std::uint8_t {
  node,     ///< This node, which stores every alert that it raises or resolves.
  external, ///< The webhook. In a cluster one node announces what all nodes raise.
};

/// One alert for one audience.
struct announcement {
  audience to{};
  alert what;

  bool operator==(const announcement&) const = default;
};

/// The nodes of a cluster raise the same alerts about apps, and one of them, the notifier, announces them
/// externally. The others keep what is not announced yet, because any of them may become the notifier. Alerts
/// about the service itself are each node's own. Without a cluster everything is announced at once.
class announcer {
public:
  /// Nodes that judge the same counts raise the same alert within this time.
  static constexpr std::chrono::minutes same_alert{1};
  /// The webhook gives up an alert within this time: an older alert is not announced any more.
  static constexpr std::chrono::minutes news{10};

  explicit announcer(bool is_in_cluster) : is_in_cluster_(is_in_cluster) {}

  /// Returns what to announce about alerts that this node has just raised or resolved.
  /// @param open The open alerts of all nodes. Alerts that were open before this node joined were
  /// announced then.
  std::vector<announcement> announce(std::span<const alert> changed, std::span<const alert> open,
                                     timestamp now);

  /// Sets whether this node is the notifier from now on. Returns what the previous notifier should have
  /// announced and, according to `announced`, did not.
  /// @param announced What all nodes announced within `news`.
  std::vector<announcement> take_turn(bool is_notifier, std::span<const alert> announced, timestamp now);

  /// Notes that the webhook took an alert of this node.
  void note_announced(alert one, timestamp now);

  /// The alerts that the webhook took from this node within `news`, for the other nodes.
  std::vector<alert> announced(timestamp now) const;

private:
  struct dated_alert {
    timestamp at{};
    alert what;
  };

  bool is_own_business(const alert& one) const;
  static void forget_old(std::vector<dated_alert>& alerts, timestamp now);

  bool is_in_cluster_;
  bool is_notifier_ = false;
  std::vector<dated_alert> pending_; // for the notifier to announce
  std::vector<dated_alert> announced_;
};

} // namespace parseflow::alerts
