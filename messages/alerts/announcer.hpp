// (alerts raised or resolved, what other nodes announced) → who learns of what. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "messages/alert.hpp"

namespace parseflow::alerts {

/// Who learns of an alert.
enum class audience : std::uint8_t {
  node,     ///< This node, which stores every alert that it raises or resolves.
  external, ///< The webhook. In a cluster one node announces for all what all raise alike.
};

/// One alert for one audience.
struct announcement {
  audience to{};
  alert what;

  bool operator==(const announcement&) const = default;
};

/// The nodes of a cluster raise the same alerts about apps, and one of them, the notifier, announces them
/// externally. The others keep what nobody has announced yet, since any of them may become the notifier.
/// Alerts about the service itself are each node's own. Without a cluster everything is announced at once.
class announcer {
public:
  /// Nodes that judge the same counts raise the same alert within this time.
  static constexpr std::chrono::minutes same_alert{1};
  /// The webhook gives up an alert within this time: an older one is not announced any more.
  static constexpr std::chrono::minutes news{10};

  explicit announcer(bool is_in_cluster) : is_in_cluster_(is_in_cluster) {}

  /// What to announce of alerts that this node has just raised or resolved.
  /// @param open The open alerts of all nodes. What was open before this node came was announced then.
  std::vector<announcement> announce(std::span<const alert> changed, std::span<const alert> open,
                                     timestamp now);

  /// From now on this node is the notifier, or is not. Returns what the last one should have announced and,
  /// as far as its answers say, did not.
  /// @param announced What all nodes announced within `news`.
  std::vector<announcement> take_turn(bool is_notifier, std::span<const alert> announced, timestamp now);

  /// The webhook took an alert of this node.
  void note_announced(alert one, timestamp now);

  /// What it took within `news`: the other nodes have to know.
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
  std::vector<dated_alert> pending_; // the notifier is to announce them
  std::vector<dated_alert> announced_;
};

} // namespace parseflow::alerts
