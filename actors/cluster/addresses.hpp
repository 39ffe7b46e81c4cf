// Resolves addresses: which is this machine's own.
#pragma once

#include <optional>
#include <string>

#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// This node's own entry in `cluster.peers`: the one written like `cluster.listen`, otherwise the one with
/// its port and a host that is this machine. If there are no peers: `cluster.listen`. Empty if there is no
/// such entry.
std::optional<std::string> own_entry(const cluster_settings& cluster);

} // namespace parseflow::actors
