// What an address stands for: this machine, or somebody who accepts connections.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "messages/settings/endpoint.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow {

/// Connects and hangs up. Blocks for `patience` at most, beside the time that a name takes to resolve.
bool is_reachable(const endpoint& target, std::chrono::milliseconds patience);

/// This node's own entry in `cluster.peers`: the one written as `cluster.listen` is, else the one with its
/// port and a host that is this machine. Without any peers: `cluster.listen`. Nothing if there is no such
/// entry.
std::optional<std::string> own_entry(const cluster_settings& cluster);

} // namespace parseflow
