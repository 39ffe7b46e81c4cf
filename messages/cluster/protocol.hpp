// The messages between the nodes of a cluster. All of them are part of the protocol: after a change to the
// form of anything here, or of what it is made of, increment `cluster_protocol`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <caf/all.hpp>

#include "messages/answers.hpp"
#include "messages/frame.hpp"
#include "messages/rollup/rollup_form.hpp"
#include "messages/watch.hpp"

namespace parseflow {

/// Nodes of different protocols do not talk to each other. `node_identity` alone never changes its form.
inline constexpr std::uint32_t cluster_protocol = 5;

/// The identity of a node.
struct node_identity {
  std::uint32_t protocol = cluster_protocol;
  /// `storage_settings::node`: its name in the cluster.
  std::string node;
  /// Picked at random when the process starts. It tells two runs, or two nodes of the same name, apart.
  std::uint64_t run = 0;
  /// The program's version, for people.
  std::string release;

  bool operator==(const node_identity&) const = default;
};

template <class Inspector>
auto inspect(Inspector& f, node_identity& x) {
  return f(x.protocol, x.node, x.run, x.release);
}

/// The first message to a peer, and later the sign of life. One connection serves both directions, so this
/// message says how the peer can reach the caller.
struct hello {
  node_identity identity;
  /// The caller's entry in `cluster.peers`.
  std::string address;
  /// The caller's PEER GATEWAY.
  caf::strong_actor_ptr gateway;
};

template <class Inspector>
auto inspect(Inspector& f, hello& x) {
  return f(x.identity, x.address, x.gateway);
}

/// An immutable value on its way to another node: serialized without a copy, and rebuilt there.
template <class T>
struct over_wire {
  std::shared_ptr<const T> value;
};

template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, over_wire<T>& x) {
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

/// Serialized in the compact form of the database.
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, span_rollup& x) {
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

/// Serialized without `cluster`, which only the asking node knows, and without `is_restored`: an answer that
/// is not restored is never sent.
template <class Inspector>
auto inspect(Inspector& f, metrics_snapshot& x) {
  return f(x.question, x.totals, x.requests_per_second, x.apps, x.other_apps_lines);
}

template <class Inspector>
auto inspect(Inspector& f, watched_sums& x) {
  return f(x.heard, x.sums);
}

/// Serialized without `cluster` and `is_restored`, as above, and without `counted_lines`, which matters on
/// the asked node only.
template <class Inspector>
auto inspect(Inspector& f, watched_counts& x) {
  return f(x.question, x.apps);
}

/// Serialized without `cluster`, and without `webhook` and `writer`, which each node reports for itself.
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
