// Resolves addresses: which is this machine's own, and whether another accepts connections.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "messages/settings/endpoint.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Connects and hangs up. Blocks for `timeout` per address of the host at most, plus the time to resolve
/// the name.
bool is_reachable(const endpoint& target, std::chrono::milliseconds timeout);

/// This node's own entry in `cluster.peers`: the one written like `cluster.listen`, otherwise the one with
/// its port and a host that is this machine. If there are no peers: `cluster.listen`. Empty if there is no
/// such entry.
std::optional<std::string> own_entry(const cluster_settings& cluster);

} // namespace parseflow::actors
