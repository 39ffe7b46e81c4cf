// What the nodes of a cluster tell each other. All of it is part of the protocol: whoever changes the form of
// anything here, or of what it is made of, counts `cluster_protocol` up.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <caf/all.hpp>

#include "messages/answers.hpp"
#include "messages/frame.hpp"
#include "messages/watch.hpp"

namespace parseflow {

/// Nodes of different protocols do not talk to each other. `node_identity` alone never changes its form.
inline constexpr std::uint32_t cluster_protocol = 4;

/// Who a node is.
struct node_identity {
  std::uint32_t protocol = cluster_protocol;
  /// `storage_settings::node`: its name in the cluster.
  std::string node;
  /// Picked at random when the process starts: tells two runs, or two nodes of one name, apart.
  std::uint64_t run = 0;
  /// The program's version, for people.
  std::string release;

  bool operator==(const node_identity&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, node_identity& x) {
  return f(x.protocol, x.node, x.run, x.release);
}

/// The first message to a peer, and the sign of life later. One connection serves both directions, so the
/// peer learns here how to reach the caller.
struct call {
  node_identity identity;
  /// The caller's entry in `cluster.peers`.
  std::string address;
  /// Its DOOR.
  caf::strong_actor_ptr door;
};

template <class Inspector>
auto inspect(Inspector& f, call& x) {
  return f(x.identity, x.address, x.door);
}

/// An immutable value on its way to another node: written from where it lies, and built anew there.
template <class T>
struct carried {
  std::shared_ptr<const T> value;
};

template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, carried<T>& x) {
  if constexpr (Inspector::reads_state) {
    return f(const_cast<T&>(*x.value)); // an inspector that reads takes no const
  } else {
    auto built = std::make_shared<T>();
    auto keep = [&]() -> caf::error {
      x.value = std::move(built);
      return caf::none;
    };
    return f(*built, caf::meta::load_callback(keep));
  }
}

namespace rollup {

/// In the compact form of the database.
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, minute_rollup& x) {
  if constexpr (Inspector::reads_state) {
    auto bytes = encode(x);
    return f(bytes);
  } else {
    std::string bytes;
    auto read = [&]() -> caf::error {
      auto value = decode(bytes);
      if (!value)
        return caf::sec::unknown_type;
      x = std::move(*value);
      return caf::none;
    };
    return f(bytes, caf::meta::load_callback(read));
  }
}

} // namespace rollup

/// What crosses nodes of a snapshot: not who answered, which only the one who asks knows. An answer that is
/// not restored does not cross.
template <class Inspector>
auto inspect(Inspector& f, metrics_snapshot& x) {
  return f(x.question, x.totals, x.requests_per_second, x.apps, x.other_apps_lines);
}

template <class Inspector>
auto inspect(Inspector& f, watched_sums& x) {
  return f(x.heard, x.sums);
}

/// What crosses nodes of the counts that rules look at: likewise.
template <class Inspector>
auto inspect(Inspector& f, watched_counts& x) {
  return f(x.question, x.apps);
}

/// What crosses nodes of an alert report: the webhook is looked at node by node.
template <class Inspector>
auto inspect(Inspector& f, alert_report& x) {
  return f(x.alerts, x.announced);
}

template <class Inspector>
auto inspect(Inspector& f, series_step& x) {
  return f(x.start, x.sum);
}

template <class Inspector>
auto inspect(Inspector& f, series_sums& x) {
  return f(x.steps);
}

} // namespace parseflow
